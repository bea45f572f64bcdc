"""rows: one row of a table from one measured program."""
import measure
from table import row

NOT_INSTALLED = "not installed: bench/setup"


def measured(name, argv, runs, figure, note=None, **options):
    """Runs a program and takes `figure` (a function of its seconds) as the value of the row; says why
    where it is not installed or fails. One that was ended has the figure of its limit as `bound`,
    which it does not reach. The words it printed first are kept as `said`."""
    if argv[0] is None:
        return row(name, note=NOT_INSTALLED)
    try:
        got = measure.run(argv, runs, **options)
    except measure.TooSlow as fault:
        found = row(name, note=str(fault), command=argv)
        found["bound"] = figure(measure.RUN_TIMEOUT_S)
        return found
    except measure.Failed as fault:
        return row(name, note=str(fault), command=argv)
    found = row(name, figure(got["seconds"]), got["peak_kb"], note, argv)
    found["said"] = got["out"].split()[:1]
    return found
