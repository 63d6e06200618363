"""The endpoints that the outcomes of a study can hold."""

from types import MappingProxyType

from macroimmune.schema.declarations import Causes, Endpoint

__all__ = ["ENDPOINTS"]

ENDPOINTS = MappingProxyType({
    endpoint.id: endpoint
    for endpoint in (
        Endpoint(
            "os",
            "overall survival",
            "survival",
            "os_time_days",
            "os_event",
            "low",
            Causes(
                "death_cause",
                "cancer",
                "unknown",
                "death from the cancer",
                "death from another cause",
            ),
        ),
        Endpoint(
            "pfs",
            "progression-free survival",
            "survival",
            "pfs_time_days",
            "pfs_event",
            "low",
            Causes(
                "pfs_event_kind",
                "progression",
                "unknown",
                "progression",
                "death without progression",
            ),
        ),
        Endpoint(
            "rfs",
            "relapse-free survival",
            "survival",
            "rfs_time_days",
            "rfs_event",
            "low",
            Causes(
                "rfs_event_kind",
                "relapse",
                "unknown",
                "relapse",
                "death without relapse",
            ),
        ),
        Endpoint("response", "response (CR or PR)", "binary", "", "response", "high"),
        Endpoint(
            "pathological_complete_response",
            "pathological complete response",
            "binary",
            "",
            "pathological_complete_response",
            "high",
        ),
        Endpoint(
            "durable_clinical_benefit",
            "durable clinical benefit",
            "binary",
            "",
            "durable_clinical_benefit",
            "high",
        ),
    )
})
