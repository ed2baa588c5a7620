"""Labels of forms in a column of their own."""

import pytest

from domain.extraction.experience import read_experience
from domain.extraction.form_labels import is_form_label, with_colons, without_labels
from domain.extraction.lines import Line, read_lines


def test_a_label_gets_a_colon_and_can_be_taken_off() -> None:
    lines = [Line("Intitulé du certificat ou diplôme délivré\tBEP Vente"), Line("2010 - 2012\tLycée Rostand")]
    assert [line.text for line in with_colons(lines)] == [
        "Intitulé du certificat ou diplôme délivré : BEP Vente",
        "2010 - 2012\tLycée Rostand",
    ]
    assert without_labels(with_colons(lines))[0].text == "BEP Vente"


def test_a_title_is_no_label() -> None:
    assert not is_form_label("Aide à domicile")


_POSTS = [("Senior Engineer", "Kaveri Infotech", "2021-07", None), ("Cook", "Larder Ltd", "2018-08", "2021-06")]


@pytest.mark.parametrize(
    "form",
    [
        "{company}, Leeds\nDesignation: {title}\nDuration: {dates}\n\n- Work\n\n",
        "{company}\nDesignation: {title}\nDuration: 2 years ({dates})\n\n",
        "Company: {company}\nPosition: {title}\nDuration: {dates}\n\n",
        "Company Name: {company}\nDesignation: {title}\nPeriod: {dates}\nJob Responsibilities: work\n\n",
        "Organization : {company}\nDesignation : {title}\nTenure : {dates}\n\n",
        "Employer: {company}\nRole: {title}\nDates of employment: {dates}\nLocation: Leeds\n- Work\n\n",
        "Job title: {title}\nEmployer: {company}\nDates: {dates}\nDuration: 3 years\n\n",
        "Emploi : {title}\nEmployeur : {company}\nDurée : {dates}\n\n",
        "Emploi occupé : {title}\nEntreprise : {company}\nPériode d'emploi : {dates}\n\n",
        "Entreprise : {company}\nMétier : {title}\nLieu de travail : Lille\nPériode : {dates}\nMissions : service\n\n",
        "Période : {dates}\nPoste : {title}\nEntreprise : {company}\n\n",
        "Duration: {dates}\nDesignation: {title}\nCompany: {company}\n\n",
        "Designation\t{title}\nOrganization\t{company}\nDuration\t{dates}\n\n",
        "- Fonctions : {title}\n- Employeur : {company}\n- Dates : {dates}\n- Tâches : service\n\n",
        "{company}, Leeds ({dates})\nDesignation: {title}\n- Work\n\n",
    ],
)
def test_positions_in_forms_of_one_column(form: str) -> None:
    text = form.format(title="Senior Engineer", company="Kaveri Infotech", dates="July 2021 - Till date")
    text += form.format(title="Cook", company="Larder Ltd", dates="August 2018 - June 2021")
    found = [(post.title, post.company, post.start_date, post.end_date) for post in read_experience(read_lines(text))]
    assert found == _POSTS


def test_a_length_of_time_is_no_date() -> None:
    text = "Chef de rang chez Le Phare\nDurée : 6 mois\nPériode : mai à octobre 2019\n- Service"
    [post] = read_experience(read_lines(text))
    assert (post.title, post.company, post.start_date) == ("Chef de rang", "Le Phare", "2019-05")
