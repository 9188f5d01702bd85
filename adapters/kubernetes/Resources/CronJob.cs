namespace Ebb.Kubernetes.Resources;

internal sealed record CronJob : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public SuspendSpec? Spec { get; init; }

    public CronJobStatus? Status { get; init; }
}

/// <summary>The spec of a CronJob, as far as it matters.</summary>
internal sealed record SuspendSpec(bool? Suspend, CronJobTemplate? JobTemplate = null);

internal sealed record CronJobTemplate(CronJobTemplateSpec? Spec);

internal sealed record CronJobTemplateSpec(WorkloadTemplate? Template);

internal sealed record CronJobStatus(JobName[]? Active);

/// <summary>A job that runs.</summary>
internal sealed record JobName(string? Name);
