using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;

namespace Ebb.Engine.Journal;

/// <summary>
/// Stores in the archive what waits for it. Nothing waits for this: while the archive is away, the journal is kept in
/// memory as far as it is bounded.
/// </summary>
internal sealed partial class ArchiveWriter(
    ActJournal journal,
    EngineClocks clocks,
    ILogger<ArchiveWriter> log,
    StartupGate gate
) : GatedService(gate)
{
    private const int MostAtOnce = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private string? _trouble;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var pause = Interval;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pause, clocks.Deadlines, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = await StoreAsync(stoppingToken)
                ? Interval
                : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>Stores what was waiting; false: the archive is away. What has to wait when this ends is lost.</summary>
    public async Task<bool> StoreAsync(CancellationToken cancellationToken)
    {
        if (journal.Archive is not { } archive)
            return true;
        using var deadline = new CancellationTokenSource(Deadline, clocks.Deadlines);
        // A process that stops has this long to store what it did last.
        using var either = cancellationToken.IsCancellationRequested
            ? CancellationTokenSource.CreateLinkedTokenSource(deadline.Token)
            : CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (journal.Waiting(MostAtOnce) is { Count: > 0 } waiting)
            {
                await archive.AppendAsync(waiting, either.Token);
                journal.Archived(waiting);
            }
            if (_trouble is not null)
                Back(log);
            _trouble = null;
            return true;
        }
        catch (ArchiveException away)
        {
            Tell(away.Message);
            return false;
        }
        catch (OperationCanceledException)
            when (!cancellationToken.IsCancellationRequested || deadline.IsCancellationRequested)
        {
            Tell($"it did not answer within {Deadline.TotalSeconds:0} s");
            return false;
        }
#pragma warning disable CA1031 // History must not stop the process that watches the power.
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Tell($"an error in Ebb ({fault.GetType().Name}: {fault.Message})");
            return false;
        }
    }

    private void Tell(string trouble)
    {
        if (trouble != _trouble)
            Away(log, trouble);
        _trouble = trouble;
    }

    [LoggerMessage(60, LogLevel.Warning, "the archive cannot be written, and is tried again: {Trouble}")]
    private static partial void Away(ILogger log, string trouble);

    [LoggerMessage(61, LogLevel.Information, "the archive is written again")]
    private static partial void Back(ILogger log);
}
