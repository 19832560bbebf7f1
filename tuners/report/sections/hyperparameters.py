"""The trials over their hyperparameters, of one model on one dataset: the article's pictures."""

from __future__ import annotations

from tuners.report.charts import importance, pictures
from tuners.report.charts.picture import Picture
from tuners.report.section import Chapter, Section

TITLE = "Hyperparameters"
PICTURES = (
    Picture(
        "heatmap",
        "Score over two hyperparameters",
        "Mean over the trials that were tried there. Charts over a hyperparameter leave out trials in which it was "
        "inactive.",
        pictures.heat_map,
        least=2,
    ),
    Picture(
        "curve",
        "Score against one hyperparameter",
        "Mean over trials, and one standard deviation to each side.",
        pictures.curve,
    ),
    Picture(
        "space",
        "Three hyperparameters, and a slider over a fourth",
        "A point is a trial; the slider chooses a level, also of one of the three.",
        pictures.space,
        least=3,
    ),
    Picture("trials", "Each trial's score", "Colour is the order of the search.", pictures.trials),
    Picture(
        "parallel",
        "All hyperparameters at once",
        f"A line is a trial; drag along an axis to choose. At most {pictures.MOST_DIMENSIONS} hyperparameters.",
        pictures.parallel,
        least=2,
    ),
    Picture(
        "importance",
        "What matters",
        "Permutation importance in a random forest fitted to all methods' trials, their scores within seeds. Searches "
        "concentrate where scores are good. Whether a hyperparameter was active counts for what it depends on.",
        importance.draw,
    ),
)

SECTION = Section(
    key="hyperparameters",
    title=TITLE,
    place=140,
    chapter=Chapter("hyperparameters", TITLE, TITLE, controls="choose_trials.html.j2"),
    pictures=PICTURES,
    extent="page",
)
