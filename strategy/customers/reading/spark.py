"""The Spark cluster of a client as an engine; PySpark 4.3 is an optional requirement."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow.parquet import write_table

from strategy.customers.reading.frames import OVERFLOW, DateFormat, Frame, arrays_of, failed
from strategy.errors import PlannerError

try:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as sql
except ImportError:
    raise PlannerError("no_spark", place="engine", value="pyspark") from None

FAILURES = (PySparkException, Py4JError)
CENTURY = 2069
"""Two-digit years run from 1969 to 2068, as in DuckDB and C."""


class Spark:
    """A Spark session; files must lie where the cluster can read them."""

    def __init__(self, address: str) -> None:
        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.ansi.enabled": "true",
        }
        if address.startswith("local"):
            settings["spark.sql.shuffle.partitions"] = "2"
        builder: Any = SparkSession.builder
        builder = builder.remote(address) if address.startswith("sc://") else builder.master(address)
        for name, value in settings.items():
            builder = builder.config(name, value)
        self._session: Any = builder.getOrCreate()
        self._temporary = tempfile.TemporaryDirectory(prefix="customers-")
        self.folder = Path(self._temporary.name)
        self._kept: list[Any] = []

    def read_text(self, path: Path, delimiter: str, columns: Sequence[str], header: bool) -> Frame:
        """All columns as text, kept."""
        schema = ", ".join(f"{name} STRING" for name in (*columns, OVERFLOW))
        rows = self._session.read.csv(
            str(path), sep=delimiter, schema=schema, header=header, quote='"', escape='"', multiLine=True,
            enforceSchema=True, mode="PERMISSIVE",
        )  # fmt: skip
        return self.keep(_lazy(rows))

    def read_parquet(self, path: Path) -> Frame:
        """Lazy: only the columns that are used are read."""
        try:
            return _lazy(self._session.read.parquet(str(path)))
        except FAILURES as error:
            raise failed(error) from None

    def try_dates(self, frame: Frame, texts: Mapping[str, tuple[str, DateFormat]]) -> Frame:
        """By try_to_timestamp."""
        rows = frame.to_native()
        for into, (column, written) in texts.items():
            if written.per_day:
                number = sql.regexp_replace(sql.col(column), ",", ".").try_cast("double")
                days = sql.floor(number * written.days / written.per_day).cast("int")
                rows = rows.withColumn(into, sql.date_add(sql.lit(written.origin).cast("date"), days))
                continue
            parsed = sql.try_to_timestamp(sql.col(column), sql.lit(written.java)).cast("date")
            if "%y" in written.strptime:
                parsed = sql.when(sql.year(parsed) >= CENTURY, sql.add_months(parsed, -1200)).otherwise(parsed)
            rows = rows.withColumn(into, parsed)
        return _lazy(rows)

    def try_number(self, frame: Frame, column: str, into: str) -> Frame:
        """By try_cast."""
        return _lazy(frame.to_native().withColumn(into, sql.col(column).try_cast("double")))

    def numbered(self, frame: Frame, into: str) -> Frame:
        """By numbers that grow with the partitions, which follow the file."""
        return self.keep(_lazy(frame.to_native().withColumn(into, sql.monotonically_increasing_id())))

    def keep(self, frame: Frame) -> Frame:
        """Persisted on the cluster."""
        rows = frame.to_native().persist()
        self._kept.append(rows)
        try:
            rows.count()
        except FAILURES as error:
            raise failed(error) from None
        return _lazy(rows)

    def table(self, frame: Frame) -> pa.Table:
        """Through Arrow."""
        try:
            return frame.collect("pyarrow").to_native()
        except FAILURES as error:
            raise failed(error) from None

    def arrays(self, frame: Frame) -> dict[str, NDArray[Any]]:
        """By way of the table."""
        return arrays_of(self.table(frame))

    def write(self, frame: Frame, path: Path) -> None:
        """A folder of parts."""
        written = frame.to_native().write.mode("overwrite")
        try:
            if path.suffix == ".parquet":
                written.parquet(str(path))
            else:
                written.csv(str(path), header=True)
        except FAILURES as error:
            raise failed(error) from None

    def write_home(self, frame: Frame, path: Path) -> None:
        """Through Arrow: the cluster may not see this computer's files."""
        write_table(self.table(frame), path)

    def close(self) -> None:
        """Lets go of what was kept; the session stays for others who use it."""
        for rows in self._kept:
            rows.unpersist()
        self._temporary.cleanup()


def _lazy(rows: Any) -> Frame:
    frame: Frame = nw.from_native(rows)
    return frame
