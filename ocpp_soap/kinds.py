"""The few words in which the messages of a version are told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Text:
    """A text; with a name it is a type of its own in the WSDL."""

    name: str | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """A type of XML Schema, such as int."""

    name: str


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number with so many digits after its point at most."""

    name: str
    places: int


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a record."""

    kind: "Kind"
    is_optional: bool = False
    is_list: bool = False
    is_attribute: bool = False
    is_content: bool = False
    """The text of the element itself, beside its attributes."""


@dataclass(frozen=True)
class Record:
    """A complex type: its elements in their order."""

    name: str
    fields: Mapping[str, Field] = field(default_factory=dict, hash=False)
    """By their names on the wire."""

    def __iter__(self) -> Iterator[tuple[str, Field]]:
        return iter(self.fields.items())

    @cached_property
    def has_attributes(self) -> bool:
        """Whether not all of it stands in elements of its own."""
        return any(each.is_attribute or each.is_content for each in self.fields.values())


Kind = Text | Choice | Built | Decimal | Record

STRING = Text()
INT = Built("int")
BOOLEAN = Built("boolean")
MOMENT = Built("dateTime")
URI = Built("anyURI")


def choice(name: str, *words: str) -> Choice:
    return Choice(name, words)


def optional(kind: Kind) -> Field:
    return Field(kind, is_optional=True)


def many(kind: Kind) -> Field:
    """Any number of them, none too."""
    return Field(kind, is_optional=True, is_list=True)


def some(kind: Kind) -> Field:
    """At least one of them."""
    return Field(kind, is_list=True)


def attribute(kind: Kind) -> Field:
    return Field(kind, is_optional=True, is_attribute=True)


def content(kind: Kind) -> Field:
    return Field(kind, is_content=True)


def record(name: str, **fields: Field | Kind) -> Record:
    return Record(name, {name: each if isinstance(each, Field) else Field(each) for name, each in fields.items()})


@dataclass(frozen=True, slots=True)
class Operation:
    """One call with its answer; `Authorize` is `authorizeRequest` and `authorizeResponse` on the wire."""

    name: str
    request: Record
    answer: Record

    @property
    def element(self) -> str:
        """The request's element, less its last word."""
        return self.name[0].lower() + self.name[1:]


def operation(name: str, request: Mapping[str, Field | Kind], answer: Mapping[str, Field | Kind]) -> Operation:
    return Operation(name, record(f"{name}Request", **request), record(f"{name}Response", **answer))


@dataclass(frozen=True)
class Service:
    """One of the two services of a version."""

    name: str
    namespace: str
    operations: tuple[Operation, ...]

    def __hash__(self) -> int:
        return hash(self.namespace)

    def operation(self, name: str) -> Operation:
        """Raises KeyError."""
        for each in self.operations:
            if each.name == name:
                return each
        raise KeyError(name)


@dataclass(frozen=True)
class Version:
    """Both services of one version of OCPP."""

    protocol: str
    """As it is told to people and kept in the database, such as ocpp1.5."""
    central_system: Service
    charge_point: Service
