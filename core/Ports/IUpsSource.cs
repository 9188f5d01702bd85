using Ebb.Core.Power;

namespace Ebb.Core.Ports;

/// <summary>One way to ask about one UPS.</summary>
public interface IUpsSource : IAsyncDisposable
{
    /// <summary>Sources of the same name describe one device.</summary>
    string Ups { get; }

    /// <summary>The source's address without credentials, for messages.</summary>
    string Name { get; }

    /// <summary>
    /// Asks once. A failure of the source, its own deadlines included, is an <see cref="UpsNoAnswer"/>; only the
    /// caller's cancellation is thrown.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<UpsAnswer> ReadAsync(CancellationToken cancellationToken);
}
