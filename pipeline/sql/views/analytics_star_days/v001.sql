-- One row per repository and UTC day: stars gained that day that are still held.
SELECT
    id,
    github_id,
    day,
    stars_gained
FROM fact_star_days
