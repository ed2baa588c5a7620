"""The candidate search as recruiters meet it. Each test looks in a sector of its own."""

import json

import pytest

from tests.integration.api.market import Market


async def test_a_hit_shows_what_recruiters_need_and_no_way_to_reach_the_candidate(market: Market) -> None:
    profile = {
        "personal_info": {"email": "ana.doe@example.fr", "phone": "+33639981234"},
        "skills": [{"name": "Python", "level": "ADVANCED"}, {"name": "Git"}],
        "languages": [{"language": "en", "label": "Anglais", "level": "B2"}],
        "total_experience_months": 66,
    }
    person = await market.add(
        first_name="Ana",
        last_name="Doe",
        email="ana.doe@example.fr",
        phone="+33639981234",
        address="1 rue du Test",
        city="Lyon",
        headline="Développeuse, ana.doe@example.fr, 06 39 98 12 34",
        profile=profile,
        preferences={"availability": "2030-01-31"},
        score=4.5,
    )
    page = await market.search(q="développeuse")
    assert page["items"] == [
        {
            "candidate_id": person,
            "first_name": "Ana",
            "last_name": "Doe",
            "headline": "Développeuse, …, …",
            "city": "Lyon",
            "sector": market.sector,
            "skills": [{"name": "Python", "level": "ADVANCED"}, {"name": "Git", "level": None}],
            "experience_years": 5.5,
            "languages": [{"language": "en", "level": "B2"}],
            "admin_score": 4.5,
            "availability": "2030-01-31",
            "highlights": {"headline": ["<mark>Développeuse</mark>, …, …"]},
        }
    ]
    assert (page["total"], page["next_cursor"]) == (1, None)
    for part in ("@", "98 12", "3998", "rue du"):
        assert part not in json.dumps(page)


async def test_nothing_known_is_no_obstacle(market: Market) -> None:
    person = await market.add()
    (item,) = (await market.search())["items"]
    known = {key: value for key, value in item.items() if value not in (None, [], {})}
    assert known == {"candidate_id": person, "sector": market.sector, "experience_years": 0.0}


@pytest.mark.parametrize(
    ("headline", "queries"),
    [
        (
            "Développeuse Python confirmée",
            ("developpeur python", "DÉVELOPPEUSES PYTHON", "devloppeuse pyton", "python", "développeur confirmé"),
        ),
        ("L'ingénieure d’études", ("ingénieur", "l’ingénieur", "etude", "d'étude ingenieure", "ingeniuer")),
        ("Infirmières DE", ("infirmier", "infirmière", "infirmiere", "infirmiers")),
        ("Boulanger", ("boulangère", "boulangeres")),
        ("Directrice des achats nationaux", ("directeur achat national", "directrice des achats")),
        ("Maître d'œuvre", ("maitre d'oeuvre", "œuvre maître", "maîtres")),
        ("Chef de projet", ("chefs projets", "chef de projet", "projet")),
        ("Lead dev Kubernetes", ("k8s", "dev k8s", "kubernetes")),
        ("𝗗𝗲𝘃 fullstack", ("dev fullstack",)),
        ("مهندس برمجيات", ("مهندس",)),
    ],
)
async def test_words_meet_whatever_their_form(market: Market, headline: str, queries: tuple[str, ...]) -> None:
    person = await market.add(headline=headline)
    await market.add(headline="Comptable unique", profile={"summary": "Paie et bilans"})
    for query in queries:
        assert await market.ids(q=query) == [person], query
    for query in ("plombier", f"{queries[0]} plombier", "😀"):
        assert await market.ids(q=query) == [], query


async def test_every_text_of_a_candidate_is_searched(market: Market) -> None:
    profile = {
        "position": "Tourneur",
        "summary": "Passionné de métaux",
        "skills": [{"name": "Soudure"}],
        "softwares": ["AutoCAD"],
        "experience": [{"title": "Ajusteur", "company": "Forgeval", "description": "Usinage de précision"}],
    }
    person = await market.add(headline="Fraiseur", city="Vierzon", profile=profile)
    for word in "fraiseur tourneur métaux soudure autocad ajusteur forgeval usinage vierzon".split():  # noqa: SIM905
        assert await market.ids(q=word) == [person], word
    assert await market.ids(q="fraiseur tourneur métaux soudure autocad ajusteur forgeval usinage vierzon") == [person]


async def test_c_and_its_sisters_are_told_apart(market: Market) -> None:
    people = {name: await market.skilled(name) for name in ("C", "C++", "C#", "F#", "R")}
    titled = {name: await market.add(headline=f"Développeur {name} senior") for name in ("C", "C++", "C#")}
    prose = await market.add(headline="C'est moi, l'as du CSS")
    for name, person in people.items():
        for written in (name, name.lower()):
            assert await market.found(q=written) == {person, titled.get(name, person)}, written
            assert await market.ids(skills=written) == [person], written
    assert await market.ids(q="css") == [prose]


async def test_what_matches_better_comes_first(market: Market) -> None:
    mistyped = await market.add(headline="Pythom")
    mentioned = await market.add(profile={"summary": "Un peu de Python"})
    skilled = await market.skilled("Python")
    titled = await market.add(headline="Python")
    both = await market.add(headline="Python", profile={"skills": [{"name": "Python"}]})
    assert await market.ids(q="python") == [both, titled, skilled, mentioned, mistyped]


async def test_skills_are_required_at_their_level(market: Market) -> None:
    expert = await market.skilled("Git", Python="EXPERT")
    advanced = await market.skilled(Python="ADVANCED")
    beginner = await market.skilled(Python="BEGINNER")
    unstated = await market.skilled("Python")
    javascript = await market.skilled("JS")
    assert await market.found(skills="python") == {expert, advanced, beginner, unstated}
    assert await market.found(skills="Python:ADVANCED") == {expert, advanced}
    assert await market.found(skills="Python:expert") == {expert}
    assert await market.found(skills="Python:BEGINNER") == {expert, advanced, beginner}
    assert await market.found(skills="Python,Git") == {expert}
    assert await market.found(skills=["Python:ADVANCED", "Git:BEGINNER"]) == set()
    assert await market.found(skills=["Python:EXPERT", "JavaScript"], skills_any=True) == {expert, javascript}
    assert await market.found(skills="java script") == {javascript}


async def test_the_level_is_that_of_the_same_skill(market: Market) -> None:
    await market.skilled(Python="BEGINNER", Java="EXPERT")
    assert await market.found(skills="Python:EXPERT") == set()


async def test_each_criterion_narrows(market: Market) -> None:
    first = await market.add(
        city="Saint-Étienne",
        country="France",
        profile={
            "languages": [{"language": "en", "label": "Anglais", "level": "B2"}],
            "education": [{"level": "bac+3"}],
            "total_experience_months": 60,
        },
        preferences={
            "contract_types": ["CDI", "CDD"],
            "work_mode": "remote",
            "locations": ["Lyon 3e"],
            "availability": "2030-02-01",
        },
        score=4.0,
    )
    second = await market.add(
        city="Paris",
        profile={
            "languages": [{"language": "en", "label": "Anglais"}, {"language": "de", "label": "Allemand"}],
            "education": [{"level": "bac+5"}],
            "total_experience_months": 61,
        },
        preferences={"contract_types": ["FREELANCE"], "work_mode": "onsite", "availability": "2030-02-02"},
        score=3.9,
    )
    unknown = await market.add()
    everybody = {first, second, unknown}
    for criteria, expected in (
        ({}, everybody),
        ({"min_experience": 5}, {first, second}),
        ({"min_experience": 5.01}, {second}),
        ({"max_experience": 5}, {first, unknown}),
        ({"min_experience": 0, "max_experience": 100}, everybody),
        ({"location": "saint etienne"}, {first}),
        ({"location": "LYON"}, {first}),
        ({"location": "Saint-Étienne, France"}, {first}),
        ({"location": "etienne lyon"}, set()),
        ({"location": ["lyon", "paris"]}, {first, second}),
        ({"city": "SAINT-ETIENNE"}, {first}),
        ({"contract_types": "CDD"}, {first}),
        ({"contract_types": "CDD,FREELANCE"}, {first, second}),
        ({"work_mode": "onsite"}, {second}),
        ({"languages": "en"}, {first, second}),
        ({"languages": "EN:b2"}, {first}),
        ({"languages": "en:C1"}, set()),
        ({"languages": "en,de"}, {second}),
        ({"min_education": "bac+3"}, {first, second}),
        ({"min_education": "bac+5"}, {second}),
        ({"education": "bac+3"}, {first}),
        ({"min_admin_score": 4}, {first}),
        ({"min_admin_score": 0}, {first, second}),
        ({"availability": "2030-02-01"}, {first}),
        ({"availability": "2030-01-31"}, set()),
        ({"availability": "2030-02-02", "work_mode": "onsite", "min_education": "bac+5"}, {second}),
        ({"sector": "ailleurs"}, set()),
    ):
        assert await market.found(**criteria) == expected, criteria
    assert await market.found(sector=market.sector.upper()) == everybody


async def test_facets_count_everybody_once_and_filter_as_they_say(market: Market) -> None:
    for months in (0, 23, 24, 59, 60, 119, 120, 600):
        await market.add(city="Lyon", profile={"total_experience_months": months})
    await market.add(city="LYON", profile={"skills": [{"name": "JS"}, {"name": "JavaScript"}], "softwares": ["js"]})
    await market.add(
        city="Nîmes",
        profile={
            "skills": [{"name": "Élevage, bovin"}, {"name": "C++"}],
            "languages": [
                {"language": "en", "label": "Anglais", "level": "B2"},
                {"language": "en", "label": "English"},
            ],
            "education": [{"level": "bac"}, {"level": "bac+2"}],
        },
        preferences={"contract_types": ["CDI", "CDD"], "work_mode": "hybrid"},
    )
    facets = (await market.search(limit=1))["facets"]
    counted = {name: {item["value"]: item["count"] for item in values} for name, values in facets.items()}
    assert counted == {
        "experience": {"0-2": 4, "2-5": 2, "5-10": 2, "10+": 2},
        "city": {"Lyon": 9, "Nîmes": 1},
        "sector": {market.sector: 10},
        "skills": {"JavaScript": 1, "C++": 1, "elevage bovin": 1},
        "languages": {"en": 1},
        "education": {"bac+2": 1},
        "contract_types": {"CDI": 1, "CDD": 1},
        "work_mode": {"hybrid": 1},
    }
    for name, values in counted.items():
        for value, count in values.items():
            assert (await market.search(**{name: value}))["total"] == count, (name, value)
    assert await market.facet("city", skills="C++") == {"Nîmes": 1}


@pytest.mark.parametrize(
    ("headline", "query", "highlight"),
    [
        (
            "<script>alert(1)</script> & python",
            "python",
            "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>python</mark>",
        ),
        ("<mark>Python</mark>", "python", "&lt;mark&gt;<mark>Python</mark>&lt;/mark&gt;"),
        ('\ue000Python\ue001 "d\'or"', "python", "<mark>Python</mark> &quot;d&#x27;or&quot;"),
        ("&lt;b&gt; python", "python", "&amp;lt;b&amp;gt; <mark>python</mark>"),
        ("Développeur C++ <i>", "c++", "Développeur <mark>C++</mark> &lt;i&gt;"),
        ("<b>", "b", "&lt;<mark>b</mark>&gt;"),
    ],
)
async def test_a_highlight_is_safe_html(market: Market, headline: str, query: str, highlight: str) -> None:
    await market.add(headline=headline, first_name="<b>Ana</b>")
    (item,) = (await market.search(q=query))["items"]
    assert item["highlights"] == {"headline": [highlight]}
    assert item["first_name"] == "<b>Ana</b>"


async def test_highlights_are_passages(market: Market) -> None:
    filler = "Une phrase qui ne dit rien. " * 200
    profile = {
        "summary": f"{filler}Expert de Kafka. {filler}",
        "skills": [{"name": "Apache Kafka"}],
        "experience": [{"title": "Ingénieur Kafka", "description": filler}],
    }
    await market.add(headline="x" * 5000, profile=profile)
    (item,) = (await market.search(q="kafka"))["items"]
    assert item["highlights"].keys() == {"summary", "skills", "experience"}
    for texts in item["highlights"].values():
        assert 1 <= len(texts) <= 2
        assert all("<mark>Kafka</mark>" in text and len(text) < 400 for text in texts)
    assert (await market.search())["items"][0]["highlights"] == {}


async def test_the_withdrawn_are_not_found_even_while_the_index_holds_them(market: Market) -> None:
    stays = await market.add(headline="Grutier")
    for status in ("REJECTED", "ARCHIVED", "SUBMITTED", "DRAFT"):
        gone = await market.add(headline="Grutier")
        await market.change(gone, status=status)
        await market.index(gone)  # as a write that went wrong would leave it
    for kind in ("reject", "archive", "erase"):
        await market.decide(await market.add(headline="Grutier"), kind)
    assert await market.ids() == [stays]
    assert await market.ids(q="grutier") == [stays]
    await market.decide(stays, "validate")
    assert await market.ids() == [stays]
