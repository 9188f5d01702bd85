namespace Ebb.Simulation.Ups;

/// <summary>How the answers of upsd are damaged.</summary>
public enum AnswerDefect
{
    /// <summary>Not damaged.</summary>
    None,

    /// <summary>No answer, as upsd beyond MAXCONN: the kernel accepts the connection and upsd does not.</summary>
    NoAnswer,

    /// <summary>Half of the first line, and the connection is closed.</summary>
    HalfALine,

    /// <summary>
    /// The second line of a list is too long: it is cut at 512 bytes, has lost its LF, and the next one follows on the
    /// same line.
    /// </summary>
    CutLine,

    /// <summary>Random bytes with line ends among them.</summary>
    Noise,

    /// <summary>100 MiB without a line end.</summary>
    Endless,
}
