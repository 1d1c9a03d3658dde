-- One row per category of Render projects and published day.
SELECT
    id,
    snapshot_date,
    render_category,
    repositories,
    stars,
    stars_gained_7d
FROM fact_render_days
