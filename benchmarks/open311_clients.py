"""What two open-source clients of Open311 make of an endpoint, in JSON and in XML; run by an interpreter that has them.

`georeport` reads; it knows no key for that, so the key stands in the endpoint's address. `three` reports, and follows
what it reported; it was written for Python 2: a word is put back before it is loaded, its reader of XML is replaced.
"""

import itertools
import json
import sys
import time
from importlib.metadata import version


class Keyed(dict):
    """A dict whose keys are a list, as they were."""

    def keys(self):
        return list(super().keys())


def main():
    """Print as JSON each call: client, form, what, milliseconds, what came of it."""
    endpoint, discovery, key, grid = sys.argv[1:]
    rows = []
    for form in ("json", "xml"):
        reported = list(by_three(endpoint, discovery, key, grid, form, rows))
        by_georeport(endpoint, key, form, reported, rows)
    json.dump(rows, sys.stdout)


def by_georeport(endpoint, key, form, reported, rows):
    """Everything that it can: services, one of them, requests, one of them."""
    from georeport import GeoReport

    client = GeoReport(endpoint.replace("://", f"://open311:{key}@"), output_format=form)
    call = counted(rows, f"georeport {version('georeport')}", form)
    services = call("services", client.get_service_list)
    expect(len(services) == 4 and services[0]["service_code"] == "hazard", services)
    definition = call("service definition", client.get_service_definition, "request")
    expect(definition["service_code"] == "request", definition)
    requests = call("requests", client.get_service_requests, status="open")
    expect({one["service_request_id"] for one in requests} >= set(reported), requests)
    hazards = call("requests of a service", client.get_service_requests, service_code="hazard,request")
    expect(len(hazards) == len(requests), hazards)
    one = call("one request", client.get_service_request, reported[0])
    expect(one["status"] == "open" and not one["description"], one)


def by_three(endpoint, discovery, key, grid, form, rows):
    """Report two matters, one of them with the specification's own example, and follow them by their tokens."""
    itertools.ifilter = filter
    import three.core
    import xmltodict

    three.core.xml = lambda content: Keyed(xmltodict.parse(content))
    client = three.Three(endpoint, api_key=key, format=form)
    call = counted(rows, f"three {version('three')}", form)
    found = call("discovery", client.discovery, f"{discovery}.{form}")
    expect(b"GeoReport_v2" in found, found)
    said = {"description": "A large sinkhole is destroying the street", "name": "john smith", "phone": "111111111",
            "email": "smit333@sfgov.edu", "lat": "37.76524078", "long": "-122.4212043"}  # fmt: skip
    for where in ({"address": grid}, {"address_id": grid, "lat": "", "long": ""}):
        token = first(call("report", client.post, "request", **{**said, **where}))["token"]
        named = first(call("token", client.token, token))
        expect(named["token"] == token, named)
        one = first(call("one request", client.request, named["service_request_id"], api_key=key))
        expect(one["service_request_id"] == named["service_request_id"], one)
        yield named["service_request_id"]
    alone = call("refused without a place", client.post, "request", **said)
    expect("address_id" in json.dumps(alone), alone)
    wrong = call("refused with a wrong key", client.post, "request", address=grid, api_key="blt_x", **said)
    expect("403" in json.dumps(wrong), wrong)


def first(found):
    """The one request of an answer; from XML it comes without a list, beneath its name."""
    return found[0] if isinstance(found, list) else found["request"]


def counted(rows, client, form):
    """A way to call a client that writes down how long it took and what it was answered."""

    def call(what, does, *given, **named):
        begun = time.perf_counter()
        found = does(*given, **named)
        rows.append(
            {"client": client, "form": form, "call": what, "ms": round(1000 * (time.perf_counter() - begun), 1)}
        )
        return found

    return call


def expect(right, found):
    """Stop with what was found instead."""
    if not right:
        sys.exit(f"not as expected: {found!r}")


if __name__ == "__main__":
    main()
