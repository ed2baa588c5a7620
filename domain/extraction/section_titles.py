"""The words of section titles, French and English, folded."""

from typing import Literal

from domain.extraction.words import names, words

SectionKind = Literal[
    "preamble",
    "contact",
    "summary",
    "experience",
    "education",
    "skills",
    "softwares",
    "languages",
    "certifications",
    "projects",
    "other",
]

_TITLES: dict[SectionKind, str] = {
    "contact": """
        contact | contacts | me contacter | coordonnees | mes coordonnees | contact details | contact me
        contact information | informations personnelles | donnees personnelles | etat civil | personal information
        principales coordonnees | get in touch | reach me | mes contacts | contact info
        personal details | infos personnelles | informations de contact | personal data
    """,
    "summary": """
        profil | mon profil | profil professionnel | a propos | a propos de moi | resume | resume professionnel
        presentation | objectif | objectif professionnel | objectifs | qui suis je | en bref | synthese | accroche
        about | about me | profile | summary | professional summary | career summary | executive summary
        career objective | objective | personal statement | personal profile | professional profile | overview
        poste vise | emploi vise | poste recherche | position applied for | job applied for | preferred job
        pitch | bio | biographie | biography | portrait | a mon sujet | executive profile | profile summary | my profile
        career statement | objectif de carriere | mon objectif | mon projet | ce que je recherche | synthese de profil
        resume du profil | summary of qualifications | synthese professionnelle
        projet professionnel | introduction | career profile | key profile
    """,
    "experience": """
        academic appointments | appointments | academic experience | teaching experience | research experience
        positions
        experience | experiences | experience professionnelle | experiences professionnelles | mes experiences
        parcours | parcours professionnel | parcours pro | mon parcours | emplois | emplois precedents
        postes occupes | carriere | historique professionnel | stages | stages et emplois | stage | missions
        missions realisees | experiences significatives | activites professionnelles | work experience
        professional experience | employment | employment history | work history | career history | career
        professional background | relevant experience | internships | positions held | experience highlights
        alternances et stages | experience en entreprise | professional career | job history | work
        vie professionnelle | mes experiences professionnelles | experience professionelle | parcours et experiences
        experiences cles | principales experiences | experiences professionnelles et stages | experiences et stages
        stages et experiences | experience pro | experiences pro | emplois et stages | jobs | jobs d ete
        petits boulots
        autres experiences | autres experiences professionnelles | experiences anterieures | other experience
        previous experience | earlier career | additional experience | internship experience | industry experience
        clinical experience | internships and work experience | work and internship experience
        employment and experience | career to date | employment record | professional history | work background
        etats de service | service record
    references professionnelles | itineraire professionnel | cursus professionnel | trajectoire professionnelle
    """,
    "education": """
        formation | formations | ma formation | mes formations | formation academique | formation initiale
        parcours academique | parcours scolaire | parcours universitaire | scolarite | etudes | diplomes
        diplomes et formations | formations et diplomes | cursus | cursus scolaire | cursus universitaire
        education | academic background | academic qualifications | qualifications | education and training
        studies | educational background | academic history | degrees | etudes et formations
        education et formation | formation et diplomes | formations et certifications | certifications et formations
        cursus academique | academics | education and qualifications | education and certifications
        education and professional qualifications | academic qualifications and training
        schooling | education history
        diplomes obtenus | parcours de formation | mon parcours scolaire | formation scolaire
        formations academiques | formation superieure | bagage academique | formations scolaires et universitaires
        etudes et diplomes | titres et diplomes | mes diplomes | mes etudes | diplomas
    """,
    "skills": """
        competences | mes competences | competences cles | competences techniques | competences professionnelles
        competences informatiques | competences metier | competences metiers | competences transversales
        savoir faire | savoir etre | savoirs etre | qualites | atouts | mes atouts | points forts | technologies
        stack technique | expertise | expertises | domaines de competences | domaines d expertise | connaissances
        aptitudes | skills | technical skills | key skills | core skills | core competencies | competencies
        soft skills | hard skills | it skills | computer skills | professional skills | areas of expertise
        technical expertise | strengths | key competencies | skill set | skills summary | technical proficiencies
        tech stack | competences comportementales | competences fonctionnelles | langages
        langages de programmation | programming languages | frameworks | connaissances techniques
        qualites personnelles | personal skills | interpersonal skills | savoir faire et savoir etre
        technologies maitrisees | qualites professionnelles | competences personnelles | domaines de competence
        technical summary | transferable skills | principales competences | top skills | mes points forts | savoirs
        competences numeriques | digital skills | competences digitales | skills and tools | skills and software
        skills and expertise | skills and technologies | competences et outils | competences et logiciels | mes talents
        hard and soft skills | technical competencies | core skills and tools | key strengths | core strengths
        competences principales | competences specifiques | competences acquises | principales qualites | mes qualites
        personnalite | traits de caractere | savoir faire techniques | capabilities | areas of competence | specialities
        specialites | specialties | ce que je sais faire | what i do | competences manageriales | competences humaines
        atouts professionnels | soft skills et qualites | langages et frameworks | bases de donnees | methodologies
        domaines | computing | ce que je fais | mes domaines | domaines de competence
        technical stack | technical environment | technologies and tools | key skills and competencies | my skills
    """,
    "softwares": """
        logiciels | outils | outils informatiques | informatique | bureautique | logiciels maitrises | software
        softwares | tools | tools and software | outils et logiciels | logiciels et outils | environnement technique
        environnements techniques | outils et technologies | tools and technologies | maitrise des logiciels
        outils maitrises | software skills | software and tools | competences logicielles | mes outils | mes logiciels
        logiciels et informatique | informatique et bureautique | bureautique et informatique | outils bureautiques
        outils numeriques | outils digitaux | it tools | computer literacy | it proficiency
    """,
    "languages": """
        langues | langue | langues parlees | langues etrangeres | langues vivantes | mes langues
        competences linguistiques | languages | language | language skills | spoken languages | foreign languages
        aptitudes linguistiques | langues et loisirs | langues et centres d interet | langues pratiquees | langue s
        language proficiency | language s | my languages
        languages known | linguistic skills | niveaux de langue | niveau de langue | langues vivantes etrangeres
        languages spoken | connaissances linguistiques | langues maitrisees
    """,
    "certifications": """
        certifications | certification | certificats | mes certifications | certifications professionnelles
        formations complementaires | formation continue | formations continues | habilitations
        licences et certifications | certificates | licenses and certifications | licenses
        professional certifications | accreditations | courses and certifications | certifications and training
        habilitations et certifications | permis et certifications | certifications et habilitations
        certificates and training | training and certifications | formations professionnelles | stages de formation
        certifications and licences | licences | attestations | certifications et formations complementaires
        tickets and cards | tickets | cards and tickets | licences and tickets | permis et habilitations
        titres et habilitations | caces et habilitations | habilitations et caces | online courses | moocs
        certifications et distinctions | certifications techniques | professional memberships and certifications
        professional development | courses | training | trainings | professional training
    """,
    "projects": """
        projets | projets personnels | projets academiques | projets realises | realisations | mes projets
        projects | personal projects | academic projects | selected projects | side projects | key projects
        projets professionnels | projets scolaires | projets universitaires | travaux | open source | github projects
        realisations professionnelles | realisations cles | projects and achievements | selected work
        portfolio | projets etudiants | projets significatifs | key achievements | achievements
    """,
    "other": """
        references available upon request | references available on request | references sur demande
        centres d interet | centre d interet | centres d interets | interets | loisirs | hobbies | passions
        interests | hobbies and interests | activites | activites extra professionnelles | sport | sports
        benevolat | experiences benevoles | engagements | engagement associatif | vie associative | associations
        volunteering | volunteer experience | volunteer work | references | referees | publications | divers
        informations complementaires | autres | autres informations | additional information | miscellaneous
        permis | permis de conduire | mobilite | disponibilite | awards | honors and awards | distinctions
        prix et distinctions | prix | leisure | activites et loisirs | loisirs et centres d interet | activities
        experiences associatives | engagements associatifs | extracurricular activities | brevets | patents
        conferences | infos complementaires | vie personnelle | memberships | affiliations
        board roles | board memberships | non executive roles | mandats | mandats sociaux | military service
        service national | nationalite | nationality | date of birth | annexes | signature | declaration
        honours and awards | honors | publications et communications | selected publications | communications
        centres d interets et loisirs | passions et loisirs | mes loisirs | mes interets | mes passions | a cote
        engagements et loisirs | engagement benevole | engagements benevoles | activites benevoles
        benevolat et engagement | volunteering and interests | community involvement | community service
        personal interests | outside interests
        activites sportives | vie extra professionnelle | activites extrascolaires | informations diverses
        recommandations | sports et loisirs | responsabilites associatives | experience associative
    concours | prix et concours | concours et prix | concours et distinctions | competitions
    """,
}
KIND_OF_TITLE: dict[str, SectionKind] = {title: kind for kind, block in _TITLES.items() for title in names(block)}
"""The kind that a whole title announces."""

KEY_WORDS: dict[str, SectionKind] = {
    **dict.fromkeys(("experience", "experiences", "employment", "emplois", "stages", "internships"), "experience"),
    **dict.fromkeys(
        ("formation", "formations", "qualifications", "education", "diplomes", "etudes", "cursus", "degrees"),
        "education",
    ),
    **dict.fromkeys(("competences", "skills", "competencies", "savoir", "expertise", "aptitudes", "atouts"), "skills"),
    **dict.fromkeys(("logiciels", "outils", "tools", "software", "informatique"), "softwares"),
    **dict.fromkeys(("langues", "languages", "linguistiques"), "languages"),
    **dict.fromkeys(("certifications", "certificates", "certificats", "habilitations"), "certifications"),
    **dict.fromkeys(("projets", "projects", "realisations"), "projects"),
    **dict.fromkeys(
        ("loisirs", "interets", "hobbies", "interests", "benevolat", "volunteering", "references"), "other"
    ),
    **dict.fromkeys(("coordonnees", "contact"), "contact"),
}
"""The words that tell a kind inside a longer title."""

TELLING_WORDS: dict[str, SectionKind] = {
    **dict.fromkeys(
        ("experience", "experiences", "employment", "internships", "positions", "appointments"), "experience"
    ),
    **dict.fromkeys(("competences", "skills", "competencies", "aptitudes"), "skills"),
    **dict.fromkeys(("langues", "languages"), "languages"),
    **dict.fromkeys(("logiciels", "toolbox", "computing", "software"), "softwares"),
    **dict.fromkeys(("certifications", "habilitations"), "certifications"),
    **dict.fromkeys(
        (
            "awards", "grants", "publications", "references", "referees", "prizes", "distinctions", "bourses",
            "conferences", "benevolat", "volunteering", "hobbies", "loisirs", "interests", "scholarships",
            "memberships", "talks", "presentations", "communications",
        ),
        "other",
    ),
}  # fmt: skip
"""The words that tell the kind of a line marked as a title, whatever its other words ("Clinical experience")."""

NEUTRAL_WORDS = words(
    """
    mes ma mon my de des du d l la le les en et and of the in a ou or professionnelle professionnelles professionnel
    professional pro cle cles key techniques technique technical main principales principaux principale work autres
    autre other complementaires additional academic academique academiques scolaire scolaires universitaire
    universitaires personnels personal relevant selected obtenues obtenus maitrisees maitrises parlees recentes
    qualites atouts points forts job related practice areas
    recent recents detaillee training parcours career history background linguistic level niveau technologies etre
    faire soft hard it centres interet d'interet associatives experience sociale continue initiale
    """
)
"""The words that a title may hold besides."""

TITLE_STEMS: tuple[tuple[SectionKind, frozenset[str]], ...] = (
    (
        "other",
        words(
            """
            benevol associati volontari volunt loisir hobb interet interest passion engagement distinction award honour
            honor prix prize publication conference referen referee recommand mandat membership patent citoyen
            communaut communit charit philanthrop sporti extra-professionnel extracurricular outreach talks grants
            """
        ),
    ),
    ("languages", words("langue language linguisti")),
    ("certifications", words("certif habilitation caces agrement accredit")),
    (
        "experience",
        words(
            """
            experienc emploi employer employers employeur employment
            carriere career poste postes posts position positions metier metiers stage
            stages internship alternance alternances job jobs mission missions parcours trajectoire itineraire work
            worked working travail travaille travaillais boulot boulots appointment placement affectation fonctions
            occupations roles
            """
        ),
    ),
    (
        "education",
        words(
            """
            etude etudes etudie diplom formation formations scolari educat degree school schooling studied studies
            ecole ecoles cursus qualifi academi universit bancs
            """
        ),
    ),
    (
        "skills",
        words(
            """
            competen savoir savoirs atout maitris skill skills expertis aptitud qualites talent strength capabilit
            abilities connaissances know-how technique techniques
            """
        ),
    ),
    ("softwares", words("outil outils tool tools toolbox toolkit logiciel software informatique bureautique materiel")),
    ("projects", words("projet project portfolio realisation achievement exposition exhibition")),
    ("summary", words("profil propos objectif objective presentation cherche ambition motivation")),
    ("experience", words("profession histor")),
    ("other", words("renseignement information divers miscellan complement permis mobilit")),
)
"""The beginnings of words that announce a kind in a title of any other words, the most telling first."""

NARRATIVE_WORDS = words(
    "je j j'ai ai mon ma mes me m m'a suis my i i've me we our nos notre que quoi qui what where how when who why"
)
"""Words of titles that tell ("Ce que j'ai fait", "Where I have worked"), and of no name of a company or a degree."""
