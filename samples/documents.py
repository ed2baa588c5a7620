"""The sample CVs: which truth is rendered in whose style of writing, in which layout."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from samples.content import Content, SectionKey, Style
from samples.dates import MONTHS_EN, MONTHS_EN_SHORT, MONTHS_FR, MONTHS_FR_SHORT, DateStyle
from samples.layouts import pdf, plain, word
from samples.typesetting import Look

TITLES_FR: dict[SectionKey, str] = {
    "summary": "Profil", "experience": "Expériences professionnelles", "education": "Formation",
    "skills": "Compétences", "languages": "Langues", "certifications": "Certifications",
}  # fmt: skip
TITLES_EN: dict[SectionKey, str] = {
    "summary": "Profile", "experience": "Work experience", "education": "Education",
    "skills": "Skills", "languages": "Languages", "certifications": "Certifications",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One document: its file name beside `<stem>.truth.json`, its style and its layout."""

    file_name: str
    style: Style
    layout: Callable[[Content, Path], None]


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "claire-moreau-developpeuse-backend.pdf",
        Style(
            titles=TITLES_FR,
            dates=DateStyle("{start} – {end}", "{start} – Présent", MONTHS_FR, durations=True),
            contacts=("{address}", "{phone_as_written} | {email} | {links}"),
            experience=("{title}", "{company}, {location}", "{period}"),
            education=("{degree}", "{institution}", "{period}"),
            certification="{name} – {issuer} – {date}",
            tools_label="Environnement technique : ",
            skill_groups={"technical": "Langages et données : ", "tool": "Outils : ", "soft": "Qualités : "},
        ),
        partial(pdf.one_column, look=Look()),
    ),
    Sample(
        "thomas-garnier-data-scientist.pdf",
        Style(
            titles={
                **TITLES_FR,
                "summary": "À propos",
                "experience": "Parcours professionnel",
                "education": "Diplômes",
            },
            dates=DateStyle("{start} – {end}", "{start} – aujourd'hui", MONTHS_FR_SHORT),
            contacts=("{city}, {country} · {phone_as_written} · {email}", "{links}"),
            experience=("{title} – {company}", "{period}, {location}"),
            education=("{degree}", "{institution}, {period}"),
            certification="{name}, {issuer}, {date}",
            tools_label="Outils : ",
            skills_in_line=False,
        ),
        partial(pdf.two_columns, look=Look(accent=0x7A1F3D), by_row=False),
    ),
    Sample(
        "sarah-whitfield-marketing-manager.pdf",
        Style(
            titles={**TITLES_EN, "summary": "About me", "experience": "Experience", "skills": "Key skills"},
            dates=DateStyle("{start} – {end}", "{start} – Present", MONTHS_EN_SHORT),
            contacts=("{city}, {country} | {phone_as_written}", "{email} | {links}"),
            experience=("{title}", "{company}, {location} | {period}"),
            education=("{degree}", "{institution}", "{period}"),
            certification="{name} ({issuer}, {date})",
            tools_label="Tools: ",
            skills_in_line=False,
        ),
        partial(pdf.two_columns, look=Look(family="Times-Roman", size=10.5, accent=0x1F5A7A), by_row=True),
    ),
    Sample(
        "nadia-benali-comptable.pdf",
        Style(
            titles={**TITLES_FR, "experience": "Expérience professionnelle", "education": "Formations"},
            dates=DateStyle("{start} – {end}", "depuis {start}"),
            contacts=("{phone_as_written}", "{email}", "{address}"),
            experience=("{period}", "{title} | {company} | {location}"),
            education=("{degree} – {institution}\t{period}",),
            certification="{name}",
            softwares_label="Logiciels : ",
            skills_in_line=False,
        ),
        partial(pdf.sidebar, look=Look(size=10, accent=0x24405C)),
    ),
    Sample(
        "julien-lefevre-ingenieur-mecanique.pdf",
        Style(
            titles={**TITLES_FR, "summary": "Résumé", "skills": "Compétences techniques", "languages": "Langues"},
            dates=DateStyle("de {start} à {end}", "depuis {start}", MONTHS_FR),
            contacts=("{address}", "Tél. {phone_as_written} – {email}", "{links}"),
            experience=("{company} – {title}", "{period} – {location}"),
            education=("{degree}, {institution}", "{period}"),
            certification="{name}, {issuer} ({date})",
            tools_label="Logiciels utilisés : ",
            skill_groups={
                "technical": "Calcul et conception : ",
                "tool": "Logiciels : ",
                "domain": "Méthodes : ",
                "soft": "Savoir-être : ",
            },
        ),
        partial(pdf.one_column, look=Look(size=11.5, accent=0x3D5A1F), upper=True),
    ),
    Sample(
        "james-okafor-sales-manager.pdf",
        Style(
            titles={**TITLES_EN, "summary": "Summary", "experience": "Professional experience"},
            dates=DateStyle("{start} – {end}", "{start} – Present", MONTHS_EN),
            contacts=("{city}, {country}", "Phone: {phone_as_written}   E-mail: {email}   Web: {links}"),
            experience=("{title}\t{period}", "{company}, {location}"),
            education=("{degree}\t{period}", "{institution}"),
            certification="{name}",
            tools_label="Key skills: ",
        ),
        partial(pdf.one_column, look=Look(size=10.5), upper=True),
    ),
    Sample(
        "isabelle-fournier-responsable-rh.docx",
        Style(
            titles={**TITLES_FR, "experience": "Expériences"},
            dates=DateStyle("{start} - {end}", "depuis {start}"),
            contacts=("{address}", "{phone_as_written} – {email}"),
            experience=("{period} : {title}, {company}, {location}",),
            education=("{period} : {degree}, {institution}",),
            certification="{date} : {name}, {issuer}",
            softwares_label="Logiciels : ",
        ),
        word.header_contacts,
    ),
    Sample(
        "emily-carter-supply-chain-manager.docx",
        Style(
            titles={**TITLES_EN, "experience": "Employment history", "education": "Education and training"},
            dates=DateStyle("{start} to {end}", "{start} to date", MONTHS_EN_SHORT),
            contacts=("{phone_as_written}", "{email}", "{links}", "{city}, {country}"),
            experience=("{title} at {company}\t{period}", "{location}"),
            education=("{degree}\t{period}", "{institution}"),
            certification="{name}, {issuer}, {date}",
            tools_label="Skills used: ",
            skills_in_line=False,
        ),
        word.layout_table,
    ),
    Sample(
        "karim-haddad-infirmier.txt",
        Style(
            titles={**TITLES_FR, "experience": "Expérience professionnelle", "certifications": "Certificats"},
            dates=DateStyle("du {start} au {end}", "depuis le {start}"),
            contacts=("{address}", "Téléphone : {phone_as_written}", "Courriel : {email}"),
            experience=("{title} - {company} ({location})", "{period}"),
            education=("{degree} - {institution}", "{period}"),
            certification="{name} - {issuer} - {date}",
            softwares_label="Logiciel : ",
        ),
        plain.notepad,
    ),
    Sample(
        "oliver-bennett-chef.txt",
        Style(
            titles={**TITLES_EN, "summary": "Personal statement", "experience": "Career history"},
            dates=DateStyle("{start} - {end}", "{start} - present", MONTHS_EN),
            contacts=("{city}, {country}", "Mobile {phone_as_written}", "{email}"),
            experience=("{period}", "{title}, {company}, {location}"),
            education=("{period}", "{degree}, {institution}"),
            certification="{name}, {issuer}, {date}",
        ),
        plain.wrapped,
    ),
)
