using NodaTime;

namespace Ebb.Core.Ports;

/// <summary>
/// History beyond what the cluster keeps. Losing it loses history and nothing else: nobody decides on it.
/// </summary>
public interface IArchive
{
    /// <summary>
    /// Adds entries; one of the same kind, instant and id that is there already is replaced, so that a lost answer may
    /// be followed by another try.
    /// </summary>
    /// <exception cref="ArchiveException">Not all of them could be stored.</exception>
    Task AppendAsync(IReadOnlyList<ArchiveEntry> entries, CancellationToken cancellationToken);

    /// <summary>Entries of a kind, the youngest first.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="after">Where the page before has ended; null: the first page.</param>
    /// <param name="most">At most so many, 1 to 1,000.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ArchiveException">The archive could not be asked.</exception>
    Task<ArchivePage> PageAsync(ArchiveKind kind, string? after, int most, CancellationToken cancellationToken);
}

/// <summary>What is archived.</summary>
public enum ArchiveKind
{
    /// <summary>What was done, and why.</summary>
    Journal,

    /// <summary>Outages that are over.</summary>
    Outages,
}

/// <summary>An archived document.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">When it happened.</param>
/// <param name="Id">Tells it from others of that instant: 1 to 64 of a-z, 0-9 and '-'.</param>
/// <param name="Json">The document, at most 512 KiB of UTF-8.</param>
public sealed record ArchiveEntry(ArchiveKind Kind, Instant At, string Id, string Json);

/// <summary>A page of the archive.</summary>
/// <param name="Entries">The youngest first.</param>
/// <param name="Next">Where the next page begins; null: there is none.</param>
public sealed record ArchivePage(IReadOnlyList<ArchiveEntry> Entries, string? Next);

/// <summary>The archive could not be asked; the message says why, without secrets.</summary>
public sealed class ArchiveException : Exception
{
    /// <inheritdoc cref="Exception(string)"/>
    public ArchiveException(string message)
        : base(message) { }

    /// <inheritdoc cref="Exception(string, Exception)"/>
    public ArchiveException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <inheritdoc cref="Exception()"/>
    public ArchiveException() { }
}
