using System.Runtime.CompilerServices;
using Ebb.Core.Ports;
using Ebb.Engine.Journal;

namespace Ebb.Engine.Commands;

/// <summary>Can the archive be read?</summary>
internal sealed class ArchiveCheck(ActJournal journal) : ICheck
{
    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (journal.Archive is not { } archive)
        {
            yield return new Finding(Severity.Note, "archive", "none: history is kept as long as the cluster keeps it");
            yield break;
        }
        string? failure = null;
        try
        {
            await archive.PageAsync(ArchiveKind.Journal, null, 1, cancellationToken);
        }
        catch (ArchiveException fault)
        {
            failure = fault.Message;
        }
        yield return failure is null
            ? new Finding(Severity.Fine, "archive", "it answers")
            : new Finding(Severity.Failed, "archive", failure);
    }
}
