using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Api;

/// <summary>
/// Maps refusals and failures to the outcome of a write. Only the caller's cancellation passes through.
/// </summary>
internal static class WriteAnswer
{
    public static async Task<WriteResult> OfAsync(Func<Task<WriteResult>> write)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (KubernetesException fault)
        {
            return new WriteResult(Outcome(fault), fault.Message);
        }
    }

    /// <summary>
    /// A conflict is one only where the object could be read again: else nobody knows whether an earlier try was done.
    /// </summary>
    public static async Task<WriteResult> ConflictAsync(WriteResult conflict, Func<Task> reread)
    {
        var read = await OfAsync(async () =>
            {
                await reread().ConfigureAwait(false);
                return WriteResult.Done;
            })
            .ConfigureAwait(false);
        return read.Outcome == WriteOutcome.Done
            ? conflict
            : new WriteResult(WriteOutcome.Failed, $"{conflict.Detail}; it could not be read again: {read.Detail}");
    }

    /// <summary>It was answered as if it were done, and the object has not what was asked.</summary>
    public static WriteResult NotKept(ObjectRef on, JsonObject asked) =>
        new(
            WriteOutcome.Invalid,
            $"{on} was asked for {asked.ToJsonString()} and answered without the change: a webhook or policy takes it "
                + "out, or its definition has no such field"
        );

    private static WriteOutcome Outcome(KubernetesException fault) =>
        fault switch
        {
            KubernetesTimeoutException => WriteOutcome.TimedOut,
            // A webhook or policy chooses the code itself, and 409 or 404 of it is none of the API server's.
            _ when fault.Message.Contains("denied the request", StringComparison.Ordinal) => WriteOutcome.Forbidden,
            _ when IsAnotherObject(fault) => WriteOutcome.Gone,
            { Code: 404 or 410 } => WriteOutcome.Gone,
            { Code: 409 } => WriteOutcome.Conflict,
            { Code: 401 or 403 } => WriteOutcome.Forbidden,
            { Code: 429 } => WriteOutcome.Failed,
            { Code: >= 400 and < 500 } => WriteOutcome.Invalid,
            _ => WriteOutcome.Failed,
        };

    // A UID that does not match: the scale subresource answers 409 with a sentence, the object itself 422 since its UID
    // cannot change.
    private static bool IsAnotherObject(KubernetesException fault) =>
        (fault.Code == 409 && fault.Message.Contains("UID in precondition", StringComparison.Ordinal))
        || (fault.Code == 422 && fault.Details?.Causes?.Any(cause => cause.Field == "metadata.uid") == true);
}
