"""The worker's queue in Redis, where REDIS_URL names one: quicker to hand out, and forgotten when Redis is.

A task that was handed to a worker which then goes away is lost to Redis. A run's lease and its parts stand in the
database, so the next run, or another worker, does that work.
"""

from django_q.brokers import redis_broker

from pipeline.broker import Guarded


class RedisWorkerBroker(Guarded, redis_broker.Redis):  # type: ignore[misc, name-defined]
    """The queue in Redis."""
