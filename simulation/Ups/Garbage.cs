namespace Ebb.Simulation.Ups;

/// <summary>How a server answers that has lost its mind.</summary>
public enum Garbage
{
    /// <summary>As it should.</summary>
    None,

    /// <summary>Nothing at all, as upsd beyond MAXCONN: the kernel connects and nobody answers.</summary>
    Silence,

    /// <summary>Half of the first line, and the connection is closed.</summary>
    HalfALine,

    /// <summary>
    /// The second line of a list is too long: it is cut at 512 bytes, has lost its LF, and the next one follows on the same line.
    /// </summary>
    CutLine,

    /// <summary>Bytes that mean nothing, with line ends among them.</summary>
    Noise,

    /// <summary>100 MiB without a line end.</summary>
    Endless,
}
