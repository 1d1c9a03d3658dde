"""A small file of our own to try the page with: it works as a whole and has something of each severity."""

EXAMPLE_NAME = "an example of ours"
EXAMPLE = """\
# A shop: web service, worker, nightly job, database and cache.
services:
  - type: web
    name: shop-web
    runtime: python
    region: frankfurt
    plan: starter
    autoDeploy: true
    buildCommand: pip install -r requirements.txt
    startCommand: gunicorn shop.wsgi
    envVars:
      - fromGroup: shop-shared
      - key: DATABASE_URL
        fromDatabase:
          name: shop-db
          property: connectionString
      - key: CACHE_URL
        fromService:
          type: keyvalue
          name: shop-cache
          property: connectionString
      - key: SECRET_KEY
        value: change-me-please

  - type: worker
    name: shop-mail
    runtime: python
    region: frankfurt
    plan: starter
    buildCommand: pip install -r requirements.txt
    startCommand: python -m shop.mail
    numInstance: 2
    envVars:
      - fromGroup: shop-shared
      - key: DATABASE_URL
        fromDatabase:
          name: shop-database
          property: connectionString

  - type: cron
    name: shop-night
    runtime: python
    region: frankfurt
    schedule: "0 25 * * *"
    buildCommand: pip install -r requirements.txt
    startCommand: python -m shop.night

  - type: keyvalue
    name: shop-cache
    region: oregon
    plan: starter
    maxmemoryPolicy: allkeys-lru

databases:
  - name: shop-db
    region: frankfurt
    plan: basic-256mb
    postgresMajorVersion: "17"
    ipAllowList: []

envVarGroups:
  - name: shop-shared
    envVars:
      - key: LOG_LEVEL
        value: info
"""
