"""How a render.yaml is built: which part may hold which, and the keys that each is known to have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Child:
    """What stands under a key: one part of a kind, or a list of them."""

    kind: str
    is_list: bool = True


ONE = False
RESOURCES = {"services": Child("service"), "databases": Child("database"), "envVarGroups": Child("group")}

CHILDREN: dict[str, dict[str, Child]] = {
    "root": RESOURCES
    | {"projects": Child("project"), "ungrouped": Child("ungrouped", ONE), "previews": Child("previews", ONE)},
    "project": {"environments": Child("environment")},
    "environment": RESOURCES,
    "ungrouped": RESOURCES,
    "service": {
        "envVars": Child("variable"),
        "disk": Child("disk", ONE),
        "scaling": Child("scaling", ONE),
        "buildFilter": Child("build filter", ONE),
        "image": Child("image", ONE),
        "registryCredential": Child("registry credential", ONE),
        "previews": Child("service previews", ONE),
        "headers": Child("header"),
        "routes": Child("route"),
        "ipAllowList": Child("address range"),
        "maintenanceMode": Child("maintenance mode", ONE),
    },
    "database": {
        "ipAllowList": Child("address range"),
        "readReplicas": Child("read replica"),
        "highAvailability": Child("high availability", ONE),
    },
    "group": {"envVars": Child("variable")},
    "variable": {"fromService": Child("service reference", ONE), "fromDatabase": Child("database reference", ONE)},
}

# Lists of plain words.
WORD_LISTS = {"service": ("domains",), "build filter": ("paths", "ignoredPaths")}

KEYS: dict[str, tuple[str, ...]] = {
    "root": (*CHILDREN["root"], "version", "previewsEnabled", "previewsExpireAfterDays"),
    "project": ("name", "environments"),
    "environment": ("name", *RESOURCES, "networking", "permissions"),
    "ungrouped": tuple(RESOURCES),
    "previews": ("generation", "expireAfterDays"),
    "service": (
        *("type", "name", "runtime", "env", "plan", "region", "repo", "branch", "rootDir", "previewPlan"),
        *("buildCommand", "startCommand", "preDeployCommand", "initialDeployHook", "dockerCommand", "dockerContext"),
        *("dockerfilePath", "autoDeploy", "autoDeployTrigger", "numInstances", "healthCheckPath", "schedule"),
        *("maxShutdownDelaySeconds", "domain", "domains", "staticPublishPath", "pullRequestPreviewsEnabled"),
        *("maxmemoryPolicy", "renderSubdomainPolicy", *CHILDREN["service"]),
    ),
    "disk": ("name", "mountPath", "sizeGB"),
    "scaling": ("minInstances", "maxInstances", "targetCPUPercent", "targetMemoryPercent"),
    "build filter": ("paths", "ignoredPaths"),
    "image": ("url", "creds"),
    "registry credential": ("fromRegistryCreds",),
    "service previews": ("generation", "plan", "numInstances"),
    "header": ("path", "name", "value"),
    "route": ("type", "source", "destination"),
    "address range": ("source", "description"),
    "maintenance mode": ("enabled", "uri"),
    "database": (
        *("name", "databaseName", "user", "plan", "region", "postgresMajorVersion", "diskSizeGB", "previewPlan"),
        *("previewDiskSizeGB", "storageAutoscalingEnabled", "connectionPool", *CHILDREN["database"]),
    ),
    "read replica": ("name",),
    "high availability": ("enabled",),
    "group": ("name", "envVars"),
    "variable": ("key", "value", "generateValue", "sync", "previewValue", "fromService", "fromDatabase", "fromGroup"),
    "service reference": ("name", "type", "property", "envVarKey"),
    "database reference": ("name", "property"),
}

# Keys that a part cannot do without; what a service needs depends on its type and has rules of its own.
REQUIRED: dict[str, tuple[str, ...]] = {
    "service": ("type", "name"),
    "database": ("name",),
    "group": ("name",),
    "project": ("name",),
    "environment": ("name",),
    "disk": ("name", "mountPath"),
    "header": ("path", "name", "value"),
    "route": ("type", "source", "destination"),
    "address range": ("source",),
    "read replica": ("name",),
    "service reference": ("name", "type"),
    "database reference": ("name", "property"),
}

NUMBERS: dict[str, tuple[str, ...]] = {
    "service": ("numInstances", "maxShutdownDelaySeconds"),
    "disk": ("sizeGB",),
    "scaling": ("minInstances", "maxInstances", "targetCPUPercent", "targetMemoryPercent"),
    "previews": ("expireAfterDays",),
    "service previews": ("numInstances",),
    "database": ("diskSizeGB", "previewDiskSizeGB"),
    "root": ("previewsExpireAfterDays",),
}
SWITCHES: dict[str, tuple[str, ...]] = {
    "service": ("autoDeploy", "pullRequestPreviewsEnabled"),
    "variable": ("generateValue", "sync"),
    "database": ("storageAutoscalingEnabled",),
    "high availability": ("enabled",),
    "maintenance mode": ("enabled",),
    "root": ("previewsEnabled",),
}
