using System.Text.Json;
using Ebb.Core.Hooks;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Hooks;

/// <summary>Runs hooks as Jobs, and looks at each by name while it runs.</summary>
/// <param name="api">The server; not disposed by this.</param>
/// <param name="clock">For what is left of a deadline.</param>
public sealed class JobHooks(KubernetesApi api, TimeProvider clock) : IHookAct
{
    private static readonly Resource<SpecObject> Jobs = Kinds.Whole(new("batch", "v1", "jobs", "Job"));
    private static readonly Resource<SpecObject> CronJobs = Kinds.Whole(new("batch", "v1", "cronjobs", "CronJob"));
    private static readonly Resource<SpecObject> Pods = Kinds.Whole(new("", "v1", "pods", "Pod"));

    private static readonly ResourceType Events = new("", "v1", "events", "Event");

    /// <inheritdoc/>
    public HookKind Kind => HookKind.Job;

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public bool CanLook(HookSpec spec) => true;

    /// <inheritdoc/>
    public Task<HookReply> SendAsync(HookOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return AnswerAsync(async () =>
        {
            var (space, name) = (order.Scaler.Namespace, HookJob.Name(order));
            if (await FindAsync(Jobs, space, name, cancellationToken).ConfigureAwait(false) is { } known)
                return await TellAsync(known, cancellationToken).ConfigureAwait(false);
            var template = order.Spec.CronJob!;
            if (await FindAsync(CronJobs, space, template, cancellationToken).ConfigureAwait(false) is not { } cronJob)
                return new HookReply(HookStep.Failed, $"CronJob {space}/{template} does not exist");
            if (HookJob.Of(order, cronJob, Instant.FromDateTimeOffset(clock.GetUtcNow())) is not { } job)
                return new HookReply(HookStep.Failed, $"CronJob {space}/{template} has no jobTemplate that can be run");
            try
            {
                await api.CreateAsync(Jobs.Type, space, job, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
            {
                // An earlier try of this run, or another leader's.
            }
            return new HookReply(HookStep.Waiting, $"Job {space}/{name} was created");
        });
    }

    /// <inheritdoc/>
    public Task<HookReply> LookAsync(HookOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return AnswerAsync(async () =>
        {
            var (space, name) = (order.Scaler.Namespace, HookJob.Name(order));
            return await FindAsync(Jobs, space, name, cancellationToken).ConfigureAwait(false) is { } job
                ? await TellAsync(job, cancellationToken).ConfigureAwait(false)
                : new HookReply(HookStep.Failed, $"somebody deleted Job {space}/{name}, which is not run again");
        });
    }

    private async Task<HookReply> TellAsync(SpecObject job, CancellationToken cancellationToken)
    {
        var name = $"Job {job.Metadata.Namespace}/{job.Metadata.Name}";
        if (ConditionReader.Find(job.Status, "Complete") is { Status: "True" })
            return new HookReply(HookStep.Done, $"{name} succeeded");
        if (ConditionReader.Find(job.Status, "Failed") is { Status: "True" } failed)
            return new HookReply(HookStep.Failed, $"{name} failed: {failed.Reason}: {failed.Message}");
        var pods = await api.ListAsync(
                Pods,
                job.Metadata.Namespace,
                $"batch.kubernetes.io/job-name={job.Metadata.Name}",
                cancellationToken
            )
            .ConfigureAwait(false);
        if (pods.Items is not { Count: > 0 } && !IsActive(job))
        {
            var refused = await RefusalAsync(job, cancellationToken).ConfigureAwait(false);
            return new HookReply(HookStep.Waiting, $"{name} has no pod yet{(refused is null ? "" : $": {refused}")}");
        }
        var unplaced = (pods.Items ?? [])
            .Select(pod => (pod.Metadata.Name, Condition: ConditionReader.Find(pod.Status, "PodScheduled")))
            .FirstOrDefault(pod => pod.Condition is { Status: "False" });
        return new HookReply(
            HookStep.Waiting,
            unplaced.Condition is { } why
                ? $"{name} cannot run: pod {unplaced.Name} has no node: {why.Message ?? why.Reason}"
                : $"{name} runs"
        );
    }

    private static bool IsActive(SpecObject job) =>
        job.Status is { ValueKind: JsonValueKind.Object } status
        && status.TryGetProperty("active", out var active)
        && active.ValueKind == JsonValueKind.Number
        && active.GetDouble() > 0;

    /// <summary>
    /// Why its pods cannot be created, as the Job's controller says it in an Event: a quota, a policy, the level of the
    /// namespace. Null: it has not said so, or its Events may not be read.
    /// </summary>
    private async Task<string?> RefusalAsync(SpecObject job, CancellationToken cancellationToken)
    {
        var selector = $"involvedObject.uid={job.Metadata.Uid},reason=FailedCreate";
        try
        {
            using var events = await api.ReadAsync(
                    new ApiRequest("list", Events, job.Metadata.Namespace, null)
                    {
                        Query = $"?limit=50&fieldSelector={Uri.EscapeDataString(selector)}",
                    },
                    KubernetesJson.Default.JsonDocument,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return
                events.RootElement.TryGetProperty("items", out var items)
                && items.ValueKind == JsonValueKind.Array
                && items.EnumerateArray().LastOrDefault() is { ValueKind: JsonValueKind.Object } last
                && last.TryGetProperty("message", out var message)
                ? message.GetString()
                : null;
        }
        catch (KubernetesException)
        {
            return null;
        }
    }

    private async Task<SpecObject?> FindAsync(
        Resource<SpecObject> kind,
        string @namespace,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await api.GetAsync(kind, @namespace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            return null;
        }
    }

    /// <summary>What is refused would be refused again; anything else may be over in a moment.</summary>
    private static async Task<HookReply> AnswerAsync(Func<Task<HookReply>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code is >= 400 and < 500 and not (408 or 409 or 429))
        {
            return new HookReply(HookStep.Failed, fault.Message);
        }
        catch (KubernetesException fault)
        {
            return new HookReply(HookStep.Unknown, fault.Message);
        }
    }
}
