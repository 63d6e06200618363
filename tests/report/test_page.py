"""Templates and the dataclasses that they receive must name the same things."""

from dataclasses import fields

import pytest
from jinja2 import meta

from macroimmune.report.mechanism.sections import ModelPage
from macroimmune.report.page import SECTIONS, BiomarkerSection, Page
from macroimmune.report.realism_page import RealismPage
from macroimmune.report.rendering import report_templates

RECEIVERS = (*SECTIONS, BiomarkerSection, Page, RealismPage, ModelPage)


@pytest.mark.parametrize("receiver", RECEIVERS, ids=lambda receiver: receiver.__name__)
def test_a_template_uses_exactly_what_its_dataclass_declares(receiver):
    templates = report_templates()
    source = templates.loader.get_source(templates, receiver.template)[0]
    used = meta.find_undeclared_variables(templates.parse(source))
    assert used == {field.name for field in fields(receiver)}


def test_every_template_belongs_to_a_dataclass_or_is_the_shared_one():
    templates = report_templates()
    files = {name for name in templates.list_templates() if name.endswith(".html")}
    assert files == {receiver.template for receiver in RECEIVERS} | {"table.html"}
