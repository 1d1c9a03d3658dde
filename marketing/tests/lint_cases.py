"""For each rule texts that it finds fault with and texts that it lets through, and files to put them into."""

from textwrap import dedent, indent

WEB = "type: web\nname: api\nruntime: python\nbuildCommand: make\nstartCommand: run\nhealthCheckPath: /healthz"
WORKER = "type: worker\nname: mail\nruntime: python\nbuildCommand: make\nstartCommand: run"
CRON = 'type: cron\nname: night\nruntime: python\nschedule: "0 3 * * *"\nbuildCommand: make\nstartCommand: run'
STATIC = "type: web\nname: front\nruntime: static\nstaticPublishPath: ./dist"
DOCKER = "type: web\nname: box\nruntime: docker\nhealthCheckPath: /healthz"
STORE = "type: keyvalue\nname: queue\nmaxmemoryPolicy: noeviction\nipAllowList: []"
DATABASE = "name: db\nplan: basic-256mb\nipAllowList: []"


def entry(*texts: str) -> str:
    """One entry of a list, of several texts below each other."""
    return "- " + indent("\n".join(dedent(text).strip() for text in texts), "  ").lstrip()


def services(*entries: str) -> str:
    return "services:\n" + "\n".join(entry(text) for text in entries) + "\n"


def web(*texts: str) -> str:
    return services("\n".join([WEB, *texts]))


def databases(*entries: str) -> str:
    return "databases:\n" + "\n".join(entry(text) for text in entries) + "\n"


def database(*texts: str) -> str:
    return databases("\n".join([DATABASE, *texts]))


def variables(*entries: str, base: str = WEB) -> str:
    return services(f"{base}\nenvVars:\n" + "\n".join(entry(text) for text in entries))


def group(*entries: str) -> str:
    texts = "\n".join(entry(text) for text in entries)
    return web("envVars:\n- fromGroup: shared") + "envVarGroups:\n" + entry("name: shared\nenvVars:\n" + texts) + "\n"


def without(text: str, key: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"{key}:"))


def reads(target: str, base: str = WEB) -> str:
    """A service that reads of a target, which is a mapping in one line."""
    return f"{base}\nenvVars:\n- key: ADDRESS\n  {target}"


FROM_DB = "fromDatabase: {name: db, property: connectionString}"
FROM_MAIL = "fromService: {type: worker, name: mail, property: hostport}"

# {rule: (found fault with, let through)}
CASES: dict[str, tuple[list[str], list[str]]] = {
    "nothing-declared": (["previews: {generation: manual}", "projects: []"], [web(), "services: later"]),
    "wrong-form": (
        [
            "services: {type: web}",
            "services: [web]",
            "databases: db",
            web("envVars: {A: b}"),
            web("disk: [a]"),
            web("domains: example.com"),
            "previews: [manual]",
        ],
        [web("envVars:", "disk:", "domains: []"), "services:\ndatabases:"],
    ),
    "key-written-twice": (
        [web("plan: starter", "plan: standard"), "services: []\nservices: []", web("disk: {name: a, name: b}")],
        [services(WEB, WORKER), "a: &a {b: 1}\nc: {<<: *a, <<: *a}"],
    ),
    "required-key-missing": (
        [
            services(without(WEB, "name")),
            services(without(WEB, "type")),
            databases("plan: basic-256mb"),
            web("disk: {name: data}"),
            web("name: ''"),
            services(reads("fromService: {name: api, property: host}")),
            services(STATIC + "\nroutes: [{type: rewrite, source: /*}]"),
        ],
        [web(), database(), web("disk: {name: data, mountPath: /data}")],
    ),
    "unknown-key": (
        [web("autodeploy: true"), "service: []", database("version: 17"), web("disk: {size: 1}"), web("on: 1")],
        [web("maintenanceMode: {enabled: true, uri: ''}"), 'version: "1"'],
    ),
    "number-expected": (
        [web('numInstances: "2"'), web("disk: {sizeGB: 1.5}"), database("diskSizeGB: ten"), web("numInstances: true")],
        [web("numInstances: 2"), database("diskSizeGB:"), web("maxShutdownDelaySeconds: 30")],
    ),
    "switch-expected": (
        [variables('key: A\ngenerateValue: "true"'), web("autoDeploy: 1"), "previewsEnabled: automatic"],
        [variables("key: A\ngenerateValue: true"), web("autoDeploy: no")],
    ),
    "old-key": (
        [services(WEB.replace("runtime", "env")), web("autoDeploy: false"), "previewsEnabled: true"],
        [web("autoDeployTrigger: commit"), "previews: {generation: automatic}"],
    ),
    "old-and-new-key": (
        [web("env: python"), web("autoDeploy: false", "autoDeployTrigger: commit")],
        [web(), web("autoDeploy: false")],
    ),
    "preview-plan-of-a-service": (
        [web("previewPlan: starter")],
        [
            services(STORE + "\npreviewPlan: free"),
            database("previewPlan: basic-256mb"),
            web("previews: {plan: starter}"),
        ],
    ),
    "name-used-twice": (
        [services(WEB, WEB), databases(DATABASE, DATABASE), web() + "ungrouped:\n" + indent(web(), "  ")],
        [services(WEB, WORKER), services(WEB) + databases("name: api")],
    ),
    "misspelt-word": (
        [
            services(WORKER.replace("worker", "workers")),
            web("region: frankfrut"),
            web("plan: startr"),
            web("autoDeployTrigger: commits"),
            web("runtime: pyton"),
            database("plan: basic-256gb"),
            "previews: {generation: automatc}",
            services(reads("fromDatabase: {name: db, property: connectionstr}")),
        ],
        [
            web("region: frankfurt", "plan: Pro Plus"),
            web("plan: 0.5c-512mb"),
            database("plan: 2c-16g"),
            services(STORE + "\nplan: 256mb"),
            web("region: tokyo"),
            "previews: {generation: off}",
        ],
    ),
    "unknown-word": (
        [
            web("region: tokyo"),
            web("plan: gigantic"),
            services(WORKER.replace("worker", "lambda")),
            web("runtime: php"),
        ],
        [web("region: ohio"), web("plan: 96c-768g"), web("region: frankfrut"), services(STATIC + "\nplan: whatever")],
    ),
    "no-type-of-a-service": (
        [services(WORKER.replace("worker", "static")), services("type: postgres\nname: db")],
        [web(), services(WORKER.replace("worker", "lambda"))],
    ),
    "old-type": ([services(STORE.replace("keyvalue", "redis"))], [services(STORE)]),
    "off-without-quotation-marks": (
        [web("autoDeployTrigger: off"), "previews: {generation: off}", web("autoDeployTrigger: no")],
        [web("autoDeployTrigger: 'off'"), web("autoDeploy: off")],
    ),
    "old-database-plan": (
        [databases("name: db\nplan: starter"), databases("name: db\nplan: Pro Plus")],
        [database(), web("plan: starter"), databases("name: db\nplan: free")],
    ),
    "runtime-missing": (
        [services(without(WEB, "runtime")), services(without(CRON, "runtime"))],
        [web(), services(STORE), services(WEB.replace("runtime", "env")), services("type: workflow\nname: flow")],
    ),
    "static-runtime-of-another-type": (
        [services(WORKER.replace("python", "static"))],
        [services(STATIC), services(WORKER)],
    ),
    "publish-path-missing": ([services(without(STATIC, "staticPublishPath"))], [services(STATIC), web()]),
    "command-missing": (
        [services(without(WEB, "buildCommand")), services(without(CRON, "startCommand"))],
        [web(), services(DOCKER), services(STATIC), services(WEB.replace("python", "php").replace("build", "b"))],
    ),
    "schedule-missing": ([services(without(CRON, "schedule"))], [services(CRON), web()]),
    "schedule-not-valid": (
        [services(CRON.replace("0 3", "0 24")), services(CRON.replace("0 3 * * *", "@daily"))],
        [services(CRON), services(without(CRON, "schedule")), services(CRON.replace("0 3", "*/5 1-3,7"))],
    ),
    "image-missing": (
        [services("type: web\nname: a\nruntime: image"), services("type: web\nname: a\nruntime: image\nimage: {}")],
        [services("type: web\nname: a\nruntime: image\nimage: {url: docker.io/library/nginx}"), web()],
    ),
    "key-of-another-type": (
        [
            web('schedule: "0 3 * * *"'),
            web("staticPublishPath: ./dist"),
            services(WORKER + "\nhealthCheckPath: /"),
            web("maxmemoryPolicy: noeviction"),
        ],
        [web(), services(CRON), services(STATIC + "\nroutes: []"), services("type: lambda\nname: a\nschedule: b")],
    ),
    "plan-or-region-of-a-static-site": (
        [services(STATIC + "\nplan: free"), services(STATIC + "\nregion: ohio")],
        [services(STATIC), web("plan: free", "region: ohio")],
    ),
    "docker-key-without-docker": (
        [web("dockerfilePath: ./Dockerfile"), web("dockerCommand: run")],
        [services(DOCKER + "\ndockerfilePath: ./Dockerfile"), services("type: web\nname: a\ndockerContext: .")],
    ),
    "native-command-with-docker": (
        [services(DOCKER + "\nbuildCommand: make"), services(DOCKER + "\nstartCommand: run")],
        [services(DOCKER + "\ndockerCommand: run"), web()],
    ),
    "health-check-missing": (
        [services(without(WEB, "healthCheckPath"))],
        [web(), services(WORKER), services(STATIC)],
    ),
    "health-check-is-no-path": (
        [services(WEB.replace("/healthz", "healthz"))],
        [web(), services(without(WEB, "healthCheckPath"))],
    ),
    "domain-of-a-private-service": (
        [services(WORKER + "\ndomains: [example.com]")],
        [web("domains: [example.com]"), services(STATIC + "\ndomains: [example.com]")],
    ),
    "domain-is-no-host-name": (
        [web("domains: ['https://example.com']"), web("domains: [localhost]"), web("domains: [1]")],
        [web("domains: [example.com, '*.example.com']"), web("domains: example.com")],
    ),
    "branch-with-previews": (
        ["previews: {generation: automatic}\n" + web("branch: main")],
        [web("branch: main"), "previews: {generation: 'off'}\n" + web("branch: main")],
    ),
    "free-plan-not-offered": (
        [services(WORKER + "\nplan: free"), services(CRON + "\nplan: Free")],
        [web("plan: free"), services(WORKER + "\nplan: starter"), services(STORE + "\nplan: free")],
    ),
    "more-than-a-free-plan-gives": (
        [
            web("plan: free", "disk: {name: a, mountPath: /a}"),
            web("plan: free", "numInstances: 2"),
            web("plan: free", "scaling: {minInstances: 1, maxInstances: 2, targetCPUPercent: 50}"),
        ],
        [web("plan: free"), web("plan: free", "numInstances: 1"), web("disk: {name: a, mountPath: /a}")],
    ),
    "pre-deploy-on-a-free-plan": (
        [web("plan: free", "preDeployCommand: migrate")],
        [web("preDeployCommand: migrate"), web("plan: free")],
    ),
    "disk-with-several-instances": (
        [
            web("disk: {name: a, mountPath: /a}", "numInstances: 2"),
            web("disk: {name: a, mountPath: /a}", "scaling: {minInstances: 1, maxInstances: 3, targetCPUPercent: 50}"),
        ],
        [web("disk: {name: a, mountPath: /a}"), web("disk: {name: a, mountPath: /a}", "numInstances: 1")],
    ),
    "disk-not-offered": (
        [services(CRON + "\ndisk: {name: a, mountPath: /a}"), services(STATIC + "\ndisk: {name: a, mountPath: /a}")],
        [web("disk: {name: a, mountPath: /a}"), services(WORKER + "\ndisk: {name: a, mountPath: /a}")],
    ),
    "mount-path-is-relative": (
        [web("disk: {name: a, mountPath: data}")],
        [web("disk: {name: a, mountPath: /data}"), web("disk: {name: a}")],
    ),
    "disk-without-size": ([web("disk: {sizeGB: 0}")], [web("disk: {sizeGB: 1}"), web("disk: {name: a}")]),
    "instances-not-offered": (
        [services(CRON + "\nnumInstances: 2"), services(STORE + "\nnumInstances: 2")],
        [web("numInstances: 2"), services(CRON)],
    ),
    "number-of-instances": ([web("numInstances: 0"), web("numInstances: 101")], [web("numInstances: 100"), web()]),
    "scaling-and-a-fixed-number": (
        [web("numInstances: 2", "scaling: {minInstances: 1, maxInstances: 2, targetCPUPercent: 50}")],
        [web("numInstances: 2"), web("scaling: {minInstances: 1, maxInstances: 2, targetCPUPercent: 50}")],
    ),
    "scaling-bounds": (
        [web("scaling: {minInstances: 3, maxInstances: 2}")],
        [web("scaling: {minInstances: 2, maxInstances: 2}"), web("scaling: {minInstances: many}")],
    ),
    "scaling-incomplete": (
        [web("scaling: {minInstances: 1, maxInstances: 2}"), web("scaling: {maxInstances: 2, targetCPUPercent: 50}")],
        [web("scaling: {minInstances: 1, maxInstances: 2, targetMemoryPercent: 50}"), web("scaling:")],
    ),
    "scaling-target": (
        [web("scaling: {targetCPUPercent: 0}"), web("scaling: {targetMemoryPercent: 120}")],
        [web("scaling: {targetCPUPercent: 100}"), web("scaling: {targetCPUPercent: half}")],
    ),
    "shutdown-delay": (
        [web("maxShutdownDelaySeconds: 301"), web("maxShutdownDelaySeconds: 0")],
        [web("maxShutdownDelaySeconds: 300"), web()],
    ),
    "allow-list-missing": (
        [services(without(STORE, "ipAllowList")), services(STORE.replace("[]", ""))],
        [services(STORE), web(), databases("name: db")],
    ),
    "code-in-a-key-value-store": ([services(STORE + "\nruntime: docker")], [services(STORE), web()]),
    "memory-policy-missing": ([services(without(STORE, "maxmemoryPolicy"))], [services(STORE), web()]),
    "database-open-to-everyone": ([databases("name: db")], [database(), web()]),
    "list-of-every-address": (
        [
            databases("name: db\nipAllowList: [{source: 0.0.0.0/0}]"),
            services(STORE.replace("[]", "[{source: '::/0'}]")),
        ],
        [database(), databases("name: db\nipAllowList: [{source: 203.0.113.4/30}]")],
    ),
    "no-address-range": (
        [
            databases("name: db\nipAllowList: [{source: home}]"),
            databases("name: db\nipAllowList: [{source: 1.2.3.4/40}]"),
        ],
        [databases("name: db\nipAllowList: [{source: 203.0.113.5/30}, {source: 203.0.113.4}]"), database()],
    ),
    "database-disk-size": (
        [database("diskSizeGB: 7"), database("previewDiskSizeGB: 0"), database("diskSizeGB: -5")],
        [database("diskSizeGB: 1"), database("diskSizeGB: 15"), database("diskSizeGB: many")],
    ),
    "version-without-support": (
        [database('postgresMajorVersion: "12"'), database("postgresMajorVersion: 11")],
        [database('postgresMajorVersion: "17"'), database('postgresMajorVersion: "99"'), database()],
    ),
    "version-without-quotation-marks": (
        [database("postgresMajorVersion: 17")],
        [database('postgresMajorVersion: "17"'), database()],
    ),
    "free-database": ([databases("name: db\nplan: free")], [database(), web("plan: free")]),
    "no-replicas": ([database("readReplicas: []")], [database("readReplicas: [{name: copy}]"), database()]),
    "secret-in-the-file": (
        [
            variables("key: SECRET_KEY\nvalue: not-a-real-one"),
            variables("key: DB_PASSWORD\nvalue: x"),
            variables("key: DB_PASSWORD\nvalue: 1234"),
            variables("key: stripeApiKey\nvalue: sk_test_made_up"),
            variables("key: GITHUB_TOKEN\npreviewValue: ghp_made_up"),
            group("key: JWT_SECRET\nvalue: made-up"),
        ],
        [
            variables("key: SECRET_KEY\ngenerateValue: true"),
            variables("key: GITHUB_TOKEN\nsync: false"),
            variables("key: TOKEN_MINUTES\nvalue: 30"),
            variables("key: CACHE_KEY\nvalue: short"),
            variables("key: NEXT_PUBLIC_STRIPE_KEY\nvalue: pk_test_made_up"),
            variables("key: SECRET_FILE\nvalue: /etc/secrets/key"),
            variables("key: TOKENIZER\nvalue: sentencepiece"),
            variables("key: PASSWORD\nvalue: ''"),
            variables("key: USE_TOKEN\nvalue: true"),
        ],
    ),
    "connection-string-in-the-file": (
        [variables("key: DATABASE_URL\nvalue: postgres://me:made-up@db.example.com/shop")],
        [variables("key: SITE\nvalue: https://example.com/a:b@c"), variables("key: A\nvalue: redis://queue:6379")],
    ),
    "variable-without-key": ([variables("value: 1")], [variables("fromGroup: shared"), variables("key: A\nvalue: 1")]),
    "variable-name": (
        [variables("key: 2ND\nvalue: a"), variables("key: A B\nvalue: a"), variables("key: Größe\nvalue: a")],
        [variables("key: A_1\nvalue: a"), variables("key: app.name\nvalue: a")],
    ),
    "several-sources": (
        [
            variables("key: A\nvalue: b\nsync: false"),
            variables("key: A\ngenerateValue: true\nfromService: {name: api, type: web, property: host}"),
        ],
        [variables("key: A\nvalue: b\nsync: true"), variables("key: A\nvalue: b\npreviewValue: c")],
    ),
    "variable-without-value": (
        [variables("key: A"), variables("key: A\nvalue:")],
        [variables("key: A\nvalue: ''"), variables("key: A\nsync: false"), variables("fromGroup: shared")],
    ),
    "value-is-a-switch": (
        [variables("key: A\nvalue: true"), variables("key: A\nvalue: off")],
        [variables("key: A\nvalue: 'true'"), variables("key: A\nvalue: 1")],
    ),
    "value-is-a-collection": (
        [variables("key: A\nvalue: [a]"), variables("key: A\nvalue: {a: b}")],
        [variables("key: A\nvalue: '[a]'")],
    ),
    "reference-in-a-group": (
        [group("key: A\nfromDatabase: {name: db, property: host}"), group("fromGroup: shared")],
        [group("key: A\nvalue: b"), variables("fromGroup: shared")],
    ),
    "placeholder-in-a-group": (
        [group("key: A\nsync: false")],
        [group("key: A\ngenerateValue: true"), variables("key: A\nsync: false")],
    ),
    "variable-twice": (
        [variables("key: A\nvalue: 1", "key: A\nvalue: 2"), group("key: A\nvalue: 1", "key: A\nvalue: 2")],
        [variables("key: A\nvalue: 1", "key: B\nvalue: 2"), variables("fromGroup: a", "fromGroup: b")],
    ),
    "nothing-of-this-name": (
        [
            services(reads(FROM_DB)),
            services(reads(FROM_MAIL)),
            services(reads(FROM_DB)) + databases("name: other"),
        ],
        [services(reads(FROM_DB)) + database(), services(reads(FROM_MAIL), WORKER)],
    ),
    "no-group-of-this-name": (
        [variables("fromGroup: shared")],
        [group("key: A\nvalue: b")],
    ),
    "reference-of-another-type": (
        [services(reads(FROM_MAIL.replace("worker", "pserv")), WORKER)],
        [
            services(reads(FROM_MAIL), WORKER),
            services(reads("fromService: {type: redis, name: queue, property: host}"), STORE),
            services(reads(FROM_MAIL.replace("worker", "pserv"))),
        ],
    ),
    "reference-to-what": (
        [
            services(reads("fromService: {type: worker, name: mail}"), WORKER),
            services(reads("fromService: {type: worker, name: mail, property: host, envVarKey: A}"), WORKER),
        ],
        [services(reads(FROM_MAIL), WORKER), services(reads("fromService: {type: web, name: a, envVarKey: A}"))],
    ),
    "connection-string-of-a-service": (
        [services(reads("fromService: {type: worker, name: mail, property: connectionString}"), WORKER)],
        [
            services(reads("fromService: {type: keyvalue, name: queue, property: connectionString}"), STORE),
            services(reads(FROM_MAIL), WORKER),
        ],
    ),
    "no-variable-of-this-name": (
        [services(reads("fromService: {type: worker, name: mail, envVarKey: ADRESS}"), WORKER)],
        [
            services(reads("fromService: {type: worker, name: mail, envVarKey: RENDER_EXTERNAL_URL}"), WORKER),
            services(
                reads("fromService: {type: worker, name: mail, envVarKey: A}"),
                WORKER + "\nenvVars: [{key: A, value: b}]",
            ),
            services(
                reads("fromService: {type: worker, name: mail, envVarKey: A}"),
                WORKER + "\nenvVars: [{fromGroup: shared}]",
            ),
            services(reads("fromService: {type: web, name: elsewhere, envVarKey: A}")),
        ],
    ),
    "group-that-nobody-uses": (
        [web() + "envVarGroups: [{name: shared, envVars: []}]"],
        [group("key: A\nvalue: b")],
    ),
    "another-region": (
        [services(reads(FROM_DB) + "\nregion: ohio") + database("region: oregon")],
        [
            services(reads(FROM_DB) + "\nregion: ohio") + database("region: ohio"),
            services(reads(FROM_DB) + "\nregion: ohio") + database(),
        ],
    ),
    "region-of-one-alone": (
        [services(reads(FROM_DB)) + database("region: ohio"), services(reads(FROM_DB) + "\nregion: ohio") + database()],
        [
            services(reads(FROM_DB)) + database(),
            services(reads(FROM_DB)) + database("region: oregon"),
            services(reads(FROM_DB) + "\nregion: ohio") + database("region: frankfurt"),
        ],
    ),
}
