"""Files of tables as people have them: dialects, encodings, gaps, numbers, dates, and all that is wrong with one."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuners
from tuners.errors import TuningError
from tuners.results.cell import dataset_name, file_and_target
from tuners.task.files import of_frame, read_table
from tuners.task.files._columns import typed

FILLER = ["12", "7", "30"] * 10


def column(*values: str, comma: bool = False, na: frozenset[str] = frozenset()) -> Any:
    """Return a column of these texts, as it is understood."""
    return typed(pd.Series(values, dtype=object), decimal_comma=comma, na_values=na)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1", " 2 ", "-3"], [1, 2, -3]),
        (["$1,234.50", "$ 7.00 ", "-$2.25"], [1234.5, 7, -2.25]),
        (["1.234,50 €", "7,00 €"], [1234.5, 7]),
        (["12 %", "7.5%"], [12, 7.5]),
        (["(1,200)", "300"], [-1200, 300]),
        (["1 234,5", "12,25"], [1234.5, 12.25]),
        (["1'234.5", "12"], [1234.5, 12]),
        (["1,234,567", "1,000"], [1234567, 1000]),
        (["1.234.567", "2.000.000"], [1234567, 2000000]),
        (["1e3", "2.5E-2"], [1000, 0.025]),
        (["CHF 5", "CHF 12"], [5, 12]),
        ([".5", "1."], [0.5, 1]),
        (["$(7,987.37)", "$1.00"], [-7987.37, 1]),
        (["7,987.37-", "1.00"], [-7987.37, 1]),
        (["\u22125", "3"], [-5, 3]),
        (["1,234 sq ft", "900 sq ft"], [1234, 900]),
        (["36 months", "60 months"], [36, 60]),
        (["08:30", "23:45:00"], [8.5, 23.75]),
        (["12:15 AM", "1:30 PM"], [0.25, 13.5]),
        (["0", "0.5", "10"], [0, 0.5, 10]),
    ],
)
def test_numbers_as_people_write_them(texts: list[str], numbers: list[float]) -> None:
    """Currency, percent signs, separators of thousands and decimal commas are no part of a number."""
    assert column(*texts).content.tolist() == numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,5", "1.5", "0.75"], [1.5, 1.5, 0.75]),
        (["1,5", "1.500", "2.500,25"], [1.5, 1500, 2500.25]),
        (["9" * 400, "1"], [float("inf"), 1]),
    ],
)
def test_numbers_of_several_ways(texts: list[str], numbers: list[float]) -> None:
    """A point is one of decimals where no thousands stand behind it; a number too large is infinite, and refused so."""
    assert column(*texts).content.tolist() == numbers


def test_a_comma_is_what_the_column_and_the_file_make_of_it() -> None:
    """Three digits behind a comma are thousands in a file of commas, and decimals in one of semicolons."""
    assert column("1,234", "5,678").content.tolist() == [1234, 5678]
    assert column("1,234", "5,678", comma=True).content.tolist() == [1.234, 5.678]
    assert column("1,23", "5,678").content.tolist() == [1.23, 5.678]
    assert column("1,234", "999", comma=True).content.tolist() == [1234, 999]
    assert column("0,234", "1,999").content.tolist() == [0.234, 1.999]
    guessed = "decimal commas (a guess: as far as is seen, they may stand before thousands)"
    assert column("$1,234", "$5,678", comma=True).notes[0].endswith(f"$ left out, {guessed}")
    assert "a guess" not in column("0,234", "1,999").notes[0]


@pytest.mark.parametrize("mark", ["", " ", "?", "NA", "N/A", "null", "-", "nan", "NaN", "None", "#N/A", "."])
def test_gaps_among_numbers(mark: str) -> None:
    """Each mark of a gap is one in a column of numbers, and is counted."""
    found = column("1.5", mark, "2.5")
    assert found.content.isna().tolist() == [False, True, False]
    assert "1 gap" in found.notes[0]


@pytest.mark.parametrize(
    ("texts", "gaps"),
    [
        (["red", "None", "blue"], 0),  # such as a house without a fence
        (["red", "NA", "blue"], 1),
        (["red", "NA", "", "blue"], 1),  # where gaps are blank, "NA" is a value
        (["NA", "DE", "FR"], 0),  # Namibia
        (["red", "?", "-"], 2),
        (["None", "Some", "none"], 0),
    ],
)
def test_gaps_among_texts(texts: list[str], gaps: int) -> None:
    """What is evidently a category stays one."""
    assert column(*texts).content.isna().sum() == gaps


def test_marks_of_the_users_own() -> None:
    """They are gaps wherever they stand."""
    assert column("1", "unknown", "3", na=frozenset({"unknown"})).content.isna().tolist() == [False, True, False]
    assert column("1,5", "-200,0", "3", na=frozenset({"-200"})).content.isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    "texts",
    [
        ["01234", "99999", "00001"],
        ["4 doors", "2 seats"],
        ["A/5 1000", "1001", "1002"] * 10,
        ["0", "1", "2", "3+"] * 9,
        ["a", "b"],
    ],
)
def test_codes_are_no_numbers(texts: list[str]) -> None:
    """Postal codes, tickets and counts with an open end are categories, as they are written."""
    assert column(*texts).content.tolist() == texts


@pytest.mark.parametrize(
    ("texts", "stray"), [([*FILLER, "abc"], 30), (["x", *map(str, range(40))], 0), (["9", "n.d."] + FILLER * 2, 1)]
)
def test_a_text_among_numbers_is_damage(texts: list[str], stray: int) -> None:
    """Its row is named; it is neither a gap nor a reason to take numbers for categories."""
    assert column(*texts).damaged == stray


@pytest.mark.parametrize(
    ("texts", "first", "said"),
    [
        (["2024-03-01", "2024-12-31"], "2024-03-01", ""),
        (["2024-03-01T12:30:00Z", "2024-03-02"], "2024-03-01 12:30", ""),
        (["01.03.2024", "31.12.2024"], "2024-03-01", "read as day before month"),
        (["3/1/2024", "12/31/2024"], "2024-03-01", "read as month before day"),
        (["1 Mar 2024", "31 Dec 2024"], "2024-03-01", ""),
        (["3/1/24 8:26", "12/31/24 18:00"], "2024-03-01 8:26", "read as month before day"),
        (["01.03.24", "11.12.24"], "2024-03-01", "read as day before month, a guess (2024-12-31 is none)"),
    ],
)
def test_dates(texts: list[str], first: str, said: str) -> None:
    """Dates are dates, and where the order of day and month was found, it is said."""
    found = column(*texts)
    assert (found.content[0], "".join(found.notes)) == (pd.Timestamp(first), said)


names = st.builds(
    lambda begins, accent: begins + accent,
    st.text("abcdefghiABCXYZ", min_size=1, max_size=8),
    st.sampled_from(["", "é", "ø"]),
)
floats = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=30, max_size=30)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Draw a frame of numbers with fractions, whole numbers, text and gaps."""
    words = draw(
        st.lists(
            names.filter(lambda word: word.lower() not in {"na", "nan", "null", "none"}),
            min_size=2,
            max_size=5,
            unique=True,
        )
    )
    size = pd.Series([round(float(value), 3) for value in draw(floats)], dtype="float64")
    count = pd.Series(draw(st.lists(st.integers(-(10**6), 10**6), min_size=30, max_size=30)), dtype="int64")
    label = pd.Series(draw(st.lists(st.sampled_from(words), min_size=30, max_size=30)), dtype=object)
    size[list(draw(st.sets(st.integers(0, 29), max_size=8)))] = np.nan
    label[list(draw(st.sets(st.integers(0, 29), max_size=8)))] = np.nan
    titles = draw(st.lists(names, min_size=3, max_size=3, unique=True))
    return pd.DataFrame({f"x {titles[0]}": size, f"n;{titles[1]}": count, f'"q", {titles[2]}': label})


@settings(max_examples=30, deadline=None)
@given(
    frame=frames(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    gap=st.sampled_from(["", "?", "N/A", "null", "nan"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
    pack=st.sampled_from(["", ".gz", ".xz", ".bz2"]),
)
def test_a_frame_written_in_any_dialect_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, *, frame: pd.DataFrame, delimiter: str, encoding: str, gap: str,
    quoting: int, ending: str, pack: str,
) -> None:  # fmt: skip
    """Delimiter, encoding, byte order mark, quotes, marks of gaps, line ends and compression change nothing."""
    comma = "," if delimiter != "," else "."
    options: Any = {"sep": delimiter, "na_rep": gap, "quoting": quoting, "lineterminator": ending, "decimal": comma}
    text = frame.to_csv(index=False, **options)
    path = tmp_path_factory.mktemp("data") / f"data.csv{pack}"
    path.write_bytes(PACKED[pack](text.encode(encoding)))
    table = read_table(path)
    assert not table.wrong
    pd.testing.assert_frame_equal(table.frame, frame, check_dtype=False)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "x\ty\n1\t2\n"),
        ("a.csv", "sep=;\nx;y\n1;2\n"),
        ("a.csv", "\n\nx,y\n1,2\n"),
        ("a.csv", "x,y\n\n1,2\n,\n3,4\n\n\n"),
        ("a.csv", "# exported in 2024\n# by hand\nx,y\n1,2\n3,4\n"),
        ("a.csv", "Sales of all towns\n\nx;y\n1;2\n3;4\n"),
        ("a.data", "x y\n1 2\n3   4\n"),
        ("a.data", 'x y  z w\n1 2  5\t"ford corona"\n3   4 6\t"opel"\n1 2 7\t"a b c"\n'),
        ("a.txt", "x|y\n1|2\n"),
        ("a.csv", '"x","y"\n"1","2"\n'),
        ("a.csv", "x, y\n1, 2\n"),
    ],
)
def test_text_files_of_all_kinds(tmp_path: Path, name: str, text: str) -> None:
    """The same table, however it is written."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    table = read_table(path)
    assert (list(table.columns)[:2], table.frame.iloc[0].tolist()[:2]) == (["x", "y"], [1, 2])
    assert len(table.columns) in {2, 4}


@pytest.mark.parametrize("encoding", ["cp1251", "cp1253", "shift_jis", "gb18030"])
def test_older_encodings(tmp_path: Path, encoding: str) -> None:
    """Text in an alphabet of its own is read as it was written."""
    words = {
        "cp1251": "Москва Петербург Новосибирск город улица площадь",
        "cp1253": "Αθήνα Θεσσαλονίκη Πάτρα πόλη δρόμος πλατεία",
        "shift_jis": "東京都 大阪府 京都府 さくら ひらがな カタカナ",
        "gb18030": "北京市 上海市 广州市 深圳市 成都市 杭州市",
    }[encoding]
    rows = [f"{place},{word}" for place, word in enumerate(words.split() * 20)]
    path = tmp_path / "a.csv"
    path.write_bytes(("\n".join(["n,word", *rows]) + "\n").encode(encoding))
    assert list(read_table(path).columns["word"][:6]) == words.split()


def test_an_encoding_may_be_said(tmp_path: Path) -> None:
    """What no text of a few words tells apart, a person can; the note says that the encoding was a guess."""
    path = tmp_path / "a.csv"
    path.write_bytes("n,word\n1,żółty\n2,łąka\n".encode("iso8859_2"))
    assert "a guess (--tuning-encoding for another)" in read_table(path).file_notes[0]
    assert list(read_table(path, encoding="iso8859_2").columns["word"]) == ["żółty", "łąka"]
    for wrong in ("utf-8", "klingon"):
        with pytest.raises(TuningError, match=r"a.csv: cannot be read as a table: .*(codec|encoding)"):
            read_table(path, encoding=wrong)


def test_other_kinds_of_files(tmp_path: Path) -> None:
    """Parquet, Feather, Excel and a zipped text have the same table."""
    pytest.importorskip("pyarrow", reason="needs pyarrow: pip install 'pytest-tuners[files]'")
    pytest.importorskip("openpyxl", reason="needs openpyxl: pip install 'pytest-tuners[files]'")
    frame = pd.DataFrame({"size": [1.5, np.nan, 3.5], "colour": ["red", None, "blue"], "n": [1, 2, 3]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_feather(tmp_path / "a.feather")
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", frame.to_csv(index=False))
    for path in tmp_path.iterdir():
        found = read_table(path).frame
        expected = frame.assign(colour=frame["colour"].astype(object).where(frame["colour"].notna(), np.nan))
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_types_of_other_frames() -> None:
    """What a frame may hold becomes numbers, dates or text; pandas' own gaps become NaN."""
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "kind": pd.Categorical(["1", "2", "1"]),
            "day": pd.DatetimeIndex(["2024-01-01", pd.NaT, "2024-01-03"]).tz_localize("Europe/Berlin"),
            "flag": [True, False, True],
            "lasted": pd.to_timedelta([1, 2, 3], unit="s"),
        }
    )
    found = of_frame(frame).frame
    assert found["whole"].tolist()[::2] == [1.0, 3.0]
    assert found["kind"].tolist() == ["1", "2", "1"]
    assert str(found["day"].dtype).startswith("datetime64")
    assert found["lasted"].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.csv:y", ("a.csv", "y")),
        ("C:/data/a.csv:level: left", ("C:/data/a.csv", "level: left")),
        ('a.csv.gz:"strength, MPa"', ("a.csv.gz", "strength, MPa")),
        ("in.csv.d/a.parquet:y", ("in.csv.d/a.parquet", "y")),
        ("A.CSV:life ", ("A.CSV", "life ")),
        ("wine", None),
        ("openml:31", None),
        ("a.csv:", None),
    ],
)
def test_files_with_targets(name: str, parts: tuple[str, str] | None) -> None:
    """A path ends at a known suffix; whatever follows its colon is the target."""
    assert file_and_target(name) == parts
    assert dataset_name("in/sales.2024.csv.gz:y") == "sales.2024"


def test_texts_with_control_characters_are_texts(tmp_path: Path) -> None:
    """Colours of a terminal, the end mark of an old file, and what somebody says is UTF-16."""
    rows = [f"\x1b[31mtimeout\x1b[0m,{n % 9},{'no' if n % 2 else 'ok'}" for n in range(40)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["message,ms,y", *rows]))
    assert list(tuners.read(path, "y").X) == ["message", "ms"]
    path.write_bytes("\n".join(["a,y", *(f"{n % 7},{n % 2}" for n in range(20)), "\x1a"]).encode())
    with pytest.raises(TuningError, match="missing in line 22"):
        tuners.read(path, "y")
    path.write_bytes("\n".join(["a,y", *(f"{n % 7},{n % 2}" for n in range(20))]).encode("utf-16-le"))
    with pytest.raises(
        TuningError, match="control characters, as no text does, unless it is UTF-16, which --tuning-enc"
    ):
        tuners.read(path, "y")
    assert list(tuners.read(path, "y", encoding="utf-16-le").X) == ["a"]


def zipped() -> bytes:
    """Return an archive, as a workbook is one, too."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", "<row>" * 100)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"5.1,3.5,1.4,0\n4.9,3.0,1.4,0\n", "its first line holds values (5.1, 3.5, 1.4, 0) and no names"),
        ("a.csv.gz", b"no gzip", "cannot be read as a table: Not a gzipped file"),
        ("a.parquet", b"no parquet", "cannot be read as a table"),
        (
            "a.csv",
            b"a,y\n1,2\n1,2,3,4,5\n" + b"1,2\n" * 300 + b"1,2,3,4,5,6,7\n",
            "expected a text file with a header line",
        ),
        ("a.csv", b"", "it is empty"),
        (
            "a.csv",
            b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
            "it holds control characters, as no text does: expected a text",
        ),
        ("a.csv", zipped(), "it holds control characters, as no text does: expected a text file with a header line"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """One line names the file, what came and what was expected."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TuningError) as caught:
        tuners.read(path, "y")
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """Titles and empty lines are left out, and a line that is named is the one in the file."""
    path = tmp_path / "a.csv"
    path.write_text("A title\nx,y\n" + "1.5,a\n2.5,b\n\n" * 30 + "oops,a\n", encoding="utf-8")
    table = read_table(path)
    assert table.file_notes == ["file: 1 line before the header left out", "file: 30 empty lines left out"]
    assert table.wrong[0].startswith("column 'x' holds 'oops' in line 93,")


def test_rows_that_say_none_are_rows(tmp_path: Path) -> None:
    """Only lines in which nothing is written are empty."""
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "none,none\nred,some\n" * 5, encoding="utf-8")
    assert len(read_table(path).frame) == 10


def test_names_of_rows_without_a_name(tmp_path: Path) -> None:
    """R writes one name fewer than columns: no name moves to another column."""
    path = tmp_path / "a.csv"
    path.write_text("size,y\n" + "".join(f"{number},{number / 4},yes\n" for number in range(8)), encoding="utf-8")
    table = read_table(path)
    assert list(table.columns) == ["column 1", "size", "y"]
    assert table.columns["size"].tolist()[:2] == [0.0, 0.25]
    assert "a name fewer than columns" in table.file_notes[0]
    path.write_text("size,y\n" + "1,2,3,4\n" * 8, encoding="utf-8")
    assert "line 2 has 4 fields, and there are 2 names" in read_table(path).defects[0]


def test_a_field_too_many_moves_no_name(tmp_path: Path) -> None:
    """An unquoted comma makes one line wider: it is named, wherever it stands."""
    path = tmp_path / "a.csv"
    for place in (3, 150, 400):
        rows = ["Smith, John,u,c1" if number == place else f"n{number},u,c{number % 2}" for number in range(500)]
        path.write_text("\n".join(["n,x,y", *rows]), encoding="utf-8")
        with pytest.raises(TuningError, match=f"(line {place + 2} has 4 fields|Expected 3 fields in line {place + 2})"):
            tuners.read(path, "y")


def test_a_first_line_that_is_a_row(tmp_path: Path) -> None:
    """A file of texts without names is refused, and loses no row in silence."""
    path = tmp_path / "a.data"
    path.write_text("p,x,s\ne,x,n\np,b,s\n" * 9, encoding="utf-8")
    with pytest.raises(TuningError, match="its first line .p, x, s. is like the others: add a header line"):
        tuners.read(path, "p")


def test_a_second_line_of_names_is_one_defect(tmp_path: Path) -> None:
    """As spreadsheets have it."""
    path = tmp_path / "a.csv"
    path.write_text(
        "X1,X2,X3,Y\nLIMIT,AGE,BILL,default\n" + "20000,24,3913,1\n30000,26,2682,0\n" * 40, encoding="utf-8"
    )
    with pytest.raises(TuningError, match="line 2 holds texts where columns .X1, X2, X3 and others. hold numbers"):
        tuners.read(path, "Y")


def test_lines_that_end_early_are_said(tmp_path: Path) -> None:
    """What they lack is a gap, and the first of them is named."""
    path = tmp_path / "a.csv"
    path.write_text("x,y,z\n" + "1,2,3\n" * 9 + "1,2\n" + "1,2,\n", encoding="utf-8")
    table = read_table(path)
    assert table.file_notes == [
        "file: 1 line has fewer fields than there are names, first line 11: what they lack are gaps"
    ]
    assert table.columns["z"].isna().sum() == 2


def test_codes_far_down_a_file(tmp_path: Path) -> None:
    """A postal code keeps its zeros wherever it stands."""
    path = tmp_path / "a.csv"
    path.write_text("zip,y\n" + "12345,1\n" * 1500 + "01234,0\n" * 200, encoding="utf-8")
    assert read_table(path).columns["zip"].iloc[-1] == "01234"


def test_dots_between_thousands_in_a_file_of_decimal_commas(tmp_path: Path) -> None:
    """1.234 is not read as a little more than one where 1,5 stands beside it."""
    path = tmp_path / "a.csv"
    path.write_text("price;size;y\n" + "1.234;1,5;a\n999;2,5;b\n" * 20, encoding="utf-8")
    table = read_table(path)
    assert table.columns["price"].tolist()[:2] == [1234, 999]
    assert "dots between thousands left out" in table.notes["price"][0]


def test_an_index_with_a_name_is_a_column(tmp_path: Path) -> None:
    """What somebody has set as the index of a frame is not lost."""
    pytest.importorskip("pyarrow", reason="needs pyarrow: pip install 'pytest-tuners[files]'")
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index([5, 7], name="age"))
    frame.to_parquet(tmp_path / "a.parquet")
    assert list(read_table(tmp_path / "a.parquet").columns) == ["age", "x"]
    assert list(of_frame(frame.rename_axis("x")).columns) == ["x", "x.1"]


def test_all_defects_are_named_at_once(tmp_path: Path) -> None:
    """A person mends a file once, not once a run."""
    path = tmp_path / "a.csv"
    rows = ["1.5,3,a", "inf,4,b", "2.5,oops,a", *["3.5,5,b"] * 40, "1.0,2,"]
    path.write_text("\n".join(["size,n,y", *rows]), encoding="utf-8")
    with pytest.raises(TuningError) as caught:
        tuners.read(path, "y", groups="patient")
    for said in (
        "4 things are wrong", "column 'n' holds 'oops' in line 4", "column 'size' is infinite in line 3",
        "the target 'y' is missing in line 45", "has no column 'patient' (groups)",
    ):  # fmt: skip
        assert said in str(caught.value)


def test_texts_of_a_frame_are_read_as_those_of_a_file() -> None:
    """Money in a column of a frame is a number, too."""
    assert of_frame(pd.DataFrame({"price": ["$1", "$2"]})).columns["price"].tolist() == [1, 2]
