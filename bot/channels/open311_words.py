"""The words of GeoReport v2 and how they are written in JSON and XML."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from bot.channels.shapes import Text

Format = Literal["json", "xml"]
MEDIA_TYPES: dict[Format, str] = {"json": "application/json", "xml": "application/xml"}
T = TypeVar("T", bound=BaseModel)
Absent = SkipJsonSchema[None]  # a form has no null: a field is there or not


class Service(BaseModel):
    """A complaint category."""

    service_code: str
    service_name: str
    description: str
    metadata: bool = False
    type: Literal["realtime"] = "realtime"
    keywords: str
    group: str


class ServiceDefinition(BaseModel):
    """No category asks for more than the place and the description."""

    service_code: str
    attributes: list[dict[str, str]] = []


class ServiceRequest(BaseModel):
    """What a stranger may see of a ticket. The nulls are fields of the specification left empty on purpose."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str | None = None
    agency_responsible: str
    service_notice: str | None = None
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str | None
    address: str | None = None
    address_id: str | None = None
    zipcode: str | None = None
    lat: float | None = None
    long: float | None = None
    media_url: str | None = None


class Filed(BaseModel):
    """The answer to a new request."""

    service_request_id: str
    service_notice: str
    account_id: str | None = None


class Fault(BaseModel):
    """Why not; `code` repeats the HTTP status."""

    code: int
    description: str


class Filing(BaseModel):
    """POST requests: a category, a place, and what is wrong there."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["address_string"]},
                {"required": ["address_id"]},
                {"required": ["lat", "long"]},
            ]
        }
    )

    service_code: str = Field(min_length=1, max_length=64)
    jurisdiction_id: Annotated[str, Field(max_length=200)] | Absent = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | Absent = None
    long: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | Absent = None
    address_string: Annotated[Text, Field(min_length=1, max_length=500)] | Absent = None
    address_id: Annotated[Text, Field(min_length=1, max_length=200)] | Absent = None
    description: Text = Field(default="", max_length=4000)
    first_name: Text = Field(default="", max_length=50)
    last_name: Text = Field(default="", max_length=50)
    phone: Text = Field(default="", max_length=50)
    email: Text = Field(default="", max_length=200)
    media_url: Text = Field(default="", max_length=500)
    account_id: str = Field(default="", max_length=200)
    device_id: str = Field(default="", max_length=200)
    api_key: str = Field(default="", max_length=200)


def written(items: Sequence[T], form: Format, root: str, each: str) -> bytes:
    """A list in JSON; in XML `root` with one `each` for every item."""
    if form == "json":
        return json.dumps([item.model_dump() for item in items], ensure_ascii=False).encode()
    top = ElementTree.Element(root)
    for item in items:
        _grow(ElementTree.SubElement(top, each), item.model_dump())
    return _xml(top)


def written_definition(definition: ServiceDefinition, form: Format) -> bytes:
    """The one answer of the specification that is not a list."""
    if form == "json":
        return definition.model_dump_json().encode()
    top = ElementTree.Element("service_definition")
    ElementTree.SubElement(top, "service_code").text = definition.service_code
    ElementTree.SubElement(top, "attributes")
    return _xml(top)


def _grow(parent: ElementTree.Element, values: dict[str, Any]) -> None:
    for name, value in values.items():
        child = ElementTree.SubElement(parent, name)
        if value is not None:
            child.text = str(value).lower() if isinstance(value, bool) else str(value)


def _xml(top: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True))
