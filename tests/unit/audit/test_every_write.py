"""No service that writes forgets who acts: its code is read, not run."""

import ast
from functools import cache

from tests.unit.test_architecture import PACKAGES, sources

WRITES = {"bulk_create", "bulk_update", "create", "create_user", "delete", "get_or_create", "save"}
WRITES |= {"set", "update", "update_or_create"}
WRITES |= {f"a{name}" for name in WRITES} | {"execute", "executemany"}
RECORDS = {"event_record", "events_record", "bulk_event_record"}
RECORDER = "alliance_match.audit.services"

Function = tuple[str, str]  # module and name


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of ours but migrations, read."""
    found = {name: path for name, path in sources() if ".migrations" not in name}
    return {name: ast.parse(path.read_text("utf-8")) for name, path in found.items()}


@cache
def functions() -> dict[Function, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function at the top of a module."""
    return {
        (name, node.name): node
        for name, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@cache
def imports(module: str) -> dict[str, Function]:
    """What a module imports from ours, by the name it has there."""
    nodes = [node for node in ast.walk(modules()[module]) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in nodes
        if (node.module or "").split(".", maxsplit=1)[0] in PACKAGES
        for alias in node.names
    }


def definition(module: str, name: str) -> Function | None:
    """Where a function is defined that a module calls by this name; a package may only hand it on."""
    while (module, name) not in functions():
        if module not in modules() or name not in imports(module):
            return None
        module, name = imports(module)[name]
    return module, name


def calls(of: Function) -> set[Function]:
    """The functions of ours that one names: called, or handed to whoever calls them."""
    names = {node.id for node in ast.walk(functions()[of]) if isinstance(node, ast.Name)}
    return {found for name in names if (found := definition(of[0], name)) and found != of}


def methods(of: ast.AST) -> set[str]:
    """The methods that some code calls."""
    called = [node.func for node in ast.walk(of) if isinstance(node, ast.Call)]
    return {function.attr for function in called if isinstance(function, ast.Attribute)}


def reaching(start: set[Function]) -> set[Function]:
    """These functions, and all that come to them by calls."""
    found = set(start)
    while more := {one for one in functions() if one not in found and calls(one) & found}:
        found |= more
    return found


def is_service(module: str) -> bool:
    return "services" in module.split(".") or module == "alliance_match.transfer.importing"


def room(module: str) -> str:
    return module.split(".services", maxsplit=1)[0]


@cache
def offered() -> set[Function]:
    """The services that others call: those in `__all__`, and what is imported from outside of the room."""
    names = {
        found
        for module in modules()
        for name, (there, what) in imports(module).items()
        if is_service(there) and (not is_service(module) or room(module) != room(there) or "__init__" in name)
        if (found := definition(there, what))
    }
    for module, tree in modules().items():
        if is_service(module):
            names |= {found for name in exported(tree) if (found := definition(module, name))}
    return {one for one in names if is_service(one[0]) and one[0] != RECORDER}


def exported(tree: ast.Module) -> list[str]:
    """What `__all__` names."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []


@cache
def writing() -> set[Function]:
    """The services offered that write, themselves or by what they call."""
    return (offered() - LOCKS) & reaching(
        {one for one, node in functions().items() if methods(node) & WRITES}
    )


def has_by(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether `by` must be given, by its name."""
    given = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return any(one.arg == "by" and default is None for one, default in given)


def named(found: set[Function]) -> list[str]:
    return sorted(".".join(one) for one in found)


READ_ONLY = {
    "alliance_match.matching.services.estimators.estimator_newest",
    "alliance_match.matching.services.evaluation.clinic_evaluate",
    "alliance_match.matching.services.fitting.fit_is_due",
    "alliance_match.matching.services.rescoring.clinics_with_pending_rescores",
    "alliance_match.matching.services.sensitivity.clinic_sensitivity",
    "alliance_match.matching.services.snapshots.needs_fit",
    "clients.services.introduction_rules.request_refusal",
    "clients.services.introduction_rules.unresponsive_therapists",
    "surveys.services.check_ins.check_in_refusal",
    "surveys.services.check_ins.response_to",
    "surveys.services.notes.note_can_be_sent",
}
# A row to lock, which says nothing.
LOCKS = {("alliance_match.matching.services.attempts", "clinic_lock")}
# What services call to write, and what only sounds like it.
PARTS_OF_SERVICES = {
    "alliance_match.accounts.models",  # a manager that creates users
    "alliance_match.accounts.sessions",  # Django's own, of browsers
    "alliance_match.demo.past_clients",  # a part of `demo_open`
    "alliance_match.transfer.client_file",  # a part of `clinic_import`
    "alliance_match.transfer.row_writer",  # another
    "alliance_match.transfer.command_output",  # moves a progress bar
    "alliance_match.transfer.exporting",  # begins a transaction that reads one state
    "alliance_match.operations.health",  # asks the database for a one
    "alliance_match.operations.models",  # writes that a process is alive
    "surveys.models.instrument",  # asks which versions are in use
}


def test_every_service_that_writes_asks_who_acts():
    assert named({one for one in writing() if not has_by(functions()[one])}) == []


def test_every_service_that_writes_records_it():
    recording = reaching({(RECORDER, name) for name in RECORDS})
    assert named(writing() - recording) == []


def test_a_service_that_only_reads_is_known_by_name():
    """So that one which writes in a way that is not seen here does not pass for one that reads."""
    assert set(named(offered() - writing() - LOCKS)) == READ_ONLY


def test_nothing_but_services_writes():
    others = {module for module in modules() if not is_service(module)}
    assert {module for module in others if methods(modules()[module]) & WRITES} == PARTS_OF_SERVICES


def test_no_class_of_a_service_writes():
    """Methods are not followed here, so a service is a function."""
    classes = {
        f"{module}.{node.name}"
        for module, tree in modules().items()
        if is_service(module)
        for node in tree.body
        if isinstance(node, ast.ClassDef) and methods(node) & WRITES
    }
    assert classes == set()


def test_an_event_bears_the_name_of_its_service():
    known = {name for module, name in functions() if is_service(module)}
    verbs = {
        keyword.value.value
        for tree in modules().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "verb" and isinstance(keyword.value, ast.Constant)
    }
    assert verbs - known == set()
    assert verbs
