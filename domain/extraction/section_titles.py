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
        personal details | infos personnelles | informations de contact | personal data
    """,
    "summary": """
        profil | mon profil | profil professionnel | a propos | a propos de moi | resume | resume professionnel
        presentation | objectif | objectif professionnel | objectifs | qui suis je | en bref | synthese | accroche
        about | about me | profile | summary | professional summary | career summary | executive summary
        career objective | objective | personal statement | personal profile | professional profile | overview
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
        vie professionnelle | mes experiences professionnelles
    """,
    "education": """
        formation | formations | ma formation | mes formations | formation academique | formation initiale
        parcours academique | parcours scolaire | parcours universitaire | scolarite | etudes | diplomes
        diplomes et formations | formations et diplomes | cursus | cursus scolaire | cursus universitaire
        education | academic background | academic qualifications | qualifications | education and training
        studies | educational background | academic history | degrees | etudes et formations
        education et formation | formation et diplomes | formations et certifications | certifications et formations
        cursus academique | academics
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
        technical summary | transferable skills
    """,
    "softwares": """
        logiciels | outils | outils informatiques | informatique | bureautique | logiciels maitrises | software
        softwares | tools | tools and software | outils et logiciels | logiciels et outils | environnement technique
        environnements techniques | outils et technologies | tools and technologies | maitrise des logiciels
        outils maitrises | software skills | software and tools
    """,
    "languages": """
        langues | langue | langues parlees | langues etrangeres | langues vivantes | mes langues
        competences linguistiques | languages | language | language skills | spoken languages | foreign languages
        languages spoken | connaissances linguistiques | langues maitrisees
    """,
    "certifications": """
        certifications | certification | certificats | mes certifications | certifications professionnelles
        formations complementaires | formation continue | formations continues | habilitations
        licences et certifications | certificates | licenses and certifications | licenses
        professional certifications | accreditations | courses and certifications | certifications and training
        habilitations et certifications | permis et certifications | certifications et habilitations
        professional development | courses | training | trainings | professional training
    """,
    "projects": """
        projets | projets personnels | projets academiques | projets realises | realisations | mes projets
        projects | personal projects | academic projects | selected projects | side projects | key projects
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
        conferences | infos complementaires | vie personnelle | langues et loisirs | memberships | affiliations
        recommandations | sports et loisirs | responsabilites associatives | experience associative
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

NEUTRAL_WORDS = words(
    """
    mes ma mon my de des du d l la le les en et and of the in a ou or professionnelle professionnelles professionnel
    professional pro cle cles key techniques technique technical main principales principaux principale work autres
    autre other complementaires additional academic academique academiques scolaire scolaires universitaire
    universitaires personnels personal relevant selected obtenues obtenus maitrisees maitrises parlees recentes
    recent recents detaillee training parcours career history background linguistic level niveau technologies etre
    faire soft hard it centres interet d'interet associatives experience sociale continue initiale
    """
)
"""The words that a title may hold besides."""
