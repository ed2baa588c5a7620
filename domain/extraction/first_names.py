"""Common first names, folded, in France and in English-speaking countries."""

from domain.extraction.words import words

FIRST_NAMES = words(
    """
    adam adele adrien agathe agnes ahmed aicha aisha alain alan alba albert alec alex alexander alexandra alexandre
    alexia alexis alice alicia aline alison amandine amber amelia amelie amina amine amy ana anais andre andrea
    andrew angela angelique anita ann anna anne annick annie anthony antoine antonio ariane arnaud arthur ashley
    astrid aude audrey aurelie aurelien aurore axel ayoub baptiste barbara bastien beatrice ben benedicte benjamin
    benoit bernard bertrand beth bilal brian brice brigitte bruno camille carine carl carla carlos carol carole
    caroline catherine cecile celia celine chantal charles charlie charlotte chloe chris christelle christian
    christina christine christophe christopher claire clara clarisse claude claudia clemence clement coralie
    corentin corinne cyril cyrille damien daniel daniela daniele danielle daphne david deborah delphine denis diana
    diane didier dimitri dominique dorian dorothee dylan edouard edward eleanor elena eleonore elia elias elie elisa
    elisabeth elise elizabeth ella ellen elodie eloise elsa emeline emilie emily emma emmanuel emmanuelle enzo eric
    erica erika erwan esteban estelle esther ethan etienne eva evan eve fabien fabienne fabrice fanny farid fatima
    fatou felix fernando fiona flavie flora florence florent florian francesca francis franck francois francoise
    frank fred frederic frederique gabriel gabrielle gael gaelle gaetan genevieve geoffrey george georges gerald
    gerard gilbert gilles giulia grace gregoire gregory guillaume gustave guy gwen gwenaelle hamza hana hannah harry
    hassan helen helena helene henri henry herve hugo hugues ibrahim ines ingrid irene iris isaac isabelle ismael
    jack jacqueline jacques jade james jamila jane janet jason jean jeanne jennifer jenny jeremie jeremy jerome
    jessica jessie joanna joel joelle johan johanna john jonathan jordan jorge jose joseph josephine joshua juan
    jules julia julian julie julien juliette justin justine karen karim karine kate katherine kathy katia kelly ken
    kenza kevin khadija khalid kim kyle laetitia laila lara laure laurence laurent laurie lea leila lena leo leon
    leonard leonie leslie lewis liam lila lily lina linda lisa loic lola lorenzo lou louis louise luc luca lucas
    lucie lucien lucy ludivine ludovic luis luke lydia lyna mael maelle maeva magali manon manuel marc marcel marco
    margaret margaux margot maria mariam marianne marie marina marine mario marion marius mark martin martina
    martine mary mathieu mathilde mathis matteo matthew matthias matthieu maud maurice max maxence maxime maya megan
    mehdi melanie melissa michael michel michele michelle mickael miguel mike mohamed mohammed monica monique morgan
    morgane mourad muriel myriam nabil nadege nadia nadine naima nancy naomi natacha natalia natalie nathalie nathan
    nicholas nicolas nicole nina nino noa noah noe noel noemie nora nour oceane odile olga oliver olivia olivier
    omar ophelie oscar oumar owen pablo pamela pascal pascale patrice patricia patrick paul paula pauline pedro
    peggy perrine peter philip philippe pierre priya quentin rachel rachid rania raphael raphaelle raymond rebecca
    regine regis remi remy renaud rene richard rita robert robin rodolphe roger roland romain romane rosa rose
    roxane ruth ryan sabine sabrina said salma salome sam samantha samia samir samuel samy sandra sandrine sara
    sarah sasha scott sean sebastian sebastien selma serge sergio severine simon simone sofia soizic solene sonia
    sophia sophie stacy stefan stella stephane stephanie stephen steven sue susan suzanne sybille sylvain sylvie
    tania tara tarik tatiana teresa thea theo theodore theresa thibault thibaut thierry thomas tiffany tim timothee
    timothy tina tom tony tristan ugo valentin valentina valentine valerie vanessa vera veronique vicky victor
    victoria vincent violette virginie vivien walid wassim wendy wilfried william xavier yacine yan yann yannick
    yasmina yasmine yassine yohan yolande yousra youssef yves yvette yvonne zacharie zineb zoe
    """
)
