"""More sample CVs, in layouts and formats that the first ones do not have: what the quality is measured on."""

from dataclasses import replace
from functools import partial

from samples.content import Style
from samples.dates import MONTHS_EN, MONTHS_EN_SHORT, MONTHS_FR, MONTHS_FR_SHORT, DateStyle
from samples.documents import TITLES_EN, TITLES_FR, Sample
from samples.layouts import converted, dated, pdf, plain, word
from samples.typesetting import Look

_SERIF = Look(family="Times-Roman", size=10.5)

_FR_ASIDE = Style(
    titles=TITLES_FR,
    dates=DateStyle("{start} – {end}", "depuis {start}"),
    contacts=("{phone_as_written}", "{email}"),
    experience=("{title}\t{period}", "{company}, {location}"),
    education=("{degree}\t{period}", "{institution}"),
    certification="{name}, {issuer}, {date}",
    softwares_label="Logiciels : ",
)
"""French, the dates apart from what they date."""

_EN_ASIDE = Style(
    titles=TITLES_EN,
    dates=DateStyle("{start} – {end}", "{start} – present", MONTHS_EN_SHORT),
    contacts=("{city}, {country}", "{phone_as_written}", "{email}"),
    experience=("{title}\t{period}", "{company}, {location}"),
    education=("{degree}\t{period}", "{institution}"),
    certification="{name}, {issuer}, {date}",
    softwares_label="Software: ",
)

_FR_LINES = replace(
    _FR_ASIDE,
    dates=DateStyle("{start} à {end}", "depuis {start}", MONTHS_FR),
    contacts=("{address}", "Tél. : {phone_as_written}", "E-mail : {email}"),
    experience=("{title}", "{company} – {location}", "{period}"),
    education=("{degree}", "{institution}", "{period}"),
)
"""French, each part of an entry on a line of its own."""

_EN_LINES = replace(
    _EN_ASIDE,
    dates=DateStyle("{start} to {end}", "{start} to present", MONTHS_EN),
    experience=("{title}", "{company}, {location}", "{period}"),
    education=("{degree}", "{institution}", "{period}"),
)

_FR_COMPANY_FIRST = replace(
    _FR_ASIDE,
    dates=DateStyle("{start} - {end}", "{start} - aujourd'hui", MONTHS_FR_SHORT),
    contacts=("{address}", "{phone_as_written} | {email}"),
    experience=("{company}, {location}\t{period}", "{title}"),
    education=("{institution}\t{period}", "{degree}"),
)

_FR_ONE_LINE = replace(
    _FR_ASIDE,
    dates=DateStyle("{start} - {end}", "depuis {start}"),
    contacts=("{address}", "Mobile : {phone_as_written}", "Courriel : {email}"),
    experience=("{period} : {title}, {company}, {location}",),
    education=("{period} : {degree}, {institution}",),
)

MORE_SAMPLES: tuple[Sample, ...] = (
    Sample(
        "lucile-aubry-dumas-juriste.pdf",
        replace(
            _FR_ASIDE,
            titles={**TITLES_FR, "experience": "Expérience", "education": "Études"},
            contacts=("{address}", "{phone_as_written} – {email}"),
        ),
        partial(dated.dates_left, look=Look(accent=0x2A4D7A)),
    ),
    Sample(
        "victor-lindgren-civil-engineer.pdf",
        replace(_EN_ASIDE, titles={**TITLES_EN, "experience": "Employment", "certifications": "Memberships"}),
        partial(dated.dates_left, look=_SERIF),
    ),
    Sample(
        "sami-cherif-commercial.pdf",
        replace(
            _FR_ASIDE,
            dates=DateStyle("{start} – {end}", "{start} – aujourd'hui", MONTHS_FR),
            contacts=("{city}, {country}", "{phone_as_written} • {email}"),
        ),
        partial(dated.timeline, look=Look(size=10, accent=0x9C2F4F)),
    ),
    Sample(
        "grace-okonkwo-nurse.pdf",
        replace(_EN_ASIDE, titles={**TITLES_EN, "experience": "Professional experience"}),
        partial(dated.timeline, look=Look(accent=0x1F5A7A)),
    ),
    Sample(
        "ioana-marinescu-aide-a-domicile.pdf",
        replace(
            _FR_ASIDE,
            titles={
                **TITLES_FR,
                "experience": "Expérience professionnelle",
                "education": "Éducation et formation",
                "languages": "Langues",
            },
            contacts=("{address}", "{phone_as_written}", "{email}"),
        ),
        partial(dated.labels_left, look=Look(accent=0x0E4194)),
    ),
    Sample(
        "maelle-le-roux-graphiste.pdf",
        replace(_FR_LINES, contacts=("{phone_as_written}", "{email}", "{links}", "{city}"), skills_in_line=False),
        partial(pdf.sidebar, look=Look(accent=0x4A2545), right=True, first=False),
    ),
    Sample(
        "daniel-whitcombe-teacher.pdf",
        replace(_EN_LINES, skills_in_line=False),
        partial(pdf.sidebar, look=Look(accent=0x1F3D2E), right=True),
    ),
    Sample(
        "bernard-de-villeneuve-directeur-de-site.pdf",
        _FR_COMPANY_FIRST,
        partial(pdf.one_column, look=Look(family="Times-Roman", size=14), upper=True),
    ),
    Sample(
        "fiona-macrae-lecturer.pdf",
        replace(
            _EN_ASIDE,
            titles={**TITLES_EN, "experience": "Academic appointments"},
            dates=DateStyle("{start} – {end}", "{start} – present", MONTHS_EN),
            contacts=("{city}, {country} · {phone_as_written} · {email}",),
            experience=("{title}, {company}\t{period}", "{location}"),
            education=("{degree}, {institution}\t{period}",),
        ),
        partial(pdf.one_column, look=_SERIF),
    ),
    Sample(
        "josiane-petitjean-secretaire.pdf",
        _FR_LINES,
        converted.scanned(partial(pdf.one_column, look=Look(size=12))),
    ),
    Sample(
        "paul-harrington-driver.pdf",
        _EN_LINES,
        converted.scanned(partial(pdf.one_column, look=Look(family="Times-Roman", size=13))),
    ),
    Sample(
        "hugo-marchetti-developpeur.docx",
        replace(
            _FR_COMPANY_FIRST,
            contacts=("{city}", "{phone_as_written} | {email} | {links}"),
            tools_label="Environnement technique : ",
            skill_groups={"technical": "Développement : ", "tool": "Outils : ", "soft": "Savoir-être : "},
        ),
        word.headings,
    ),
    Sample(
        "aurelie-bonnet-chargee-de-communication.docx",
        replace(_FR_ASIDE, contacts=("{address}", "{phone_as_written}", "{email}"), skills_in_line=False),
        word.date_table,
    ),
    Sample("tom-gallagher-electrician.docx", replace(_EN_LINES, skills_in_line=False), word.text_boxes),
    Sample(
        "salome-weiss-receptionniste.docx",
        replace(_FR_LINES, contacts=("{phone_as_written}", "{email}", "{city}"), skills_in_line=False),
        word.text_boxes,
    ),
    Sample("pierre-yves-cadiou-technicien.docx", _FR_ONE_LINE, word.header_contacts),
    Sample("fatima-zahra-idrissi-assistante-rh.rtf", _FR_LINES, converted.by_office(word.headings)),
    Sample(
        "nora-kovacs-translator.rtf",
        replace(_EN_ASIDE, contacts=("{city}, {country}", "{phone_as_written} / {email} / {links}")),
        converted.by_office(word.headings),
    ),
    Sample(
        "gilles-tanguy-cuisinier.odt",
        replace(_FR_ASIDE, contacts=("{phone_as_written} – {email} – {city}",)),
        converted.by_office(word.date_table),
    ),
    Sample("ravi-menon-qa-engineer.odt", _EN_LINES, converted.by_office(word.headings)),
    Sample("mathilde-roche-conductrice-de-travaux.doc", _FR_ONE_LINE, converted.by_office(word.headings)),
    Sample("susan-blackwood-office-manager.doc", _EN_ASIDE, converted.by_office(word.date_table)),
    Sample("loic-guegan-chauffeur.txt", _FR_ONE_LINE, partial(plain.notepad, encoding="cp1252")),
    Sample("kate-sullivan-sales-assistant.txt", _EN_LINES, partial(plain.wrapped, encoding="utf-16")),
)
