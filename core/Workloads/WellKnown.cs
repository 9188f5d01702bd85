namespace Ebb.Core.Workloads;

/// <summary>Names that other programs gave to things.</summary>
public static class WellKnown
{
    /// <summary>
    /// CloudNativePG: "on" puts a cluster to sleep, "off" or absence wakes it. Its condition has the same name.
    /// </summary>
    public const string HibernationAnnotation = "cnpg.io/hibernation";

    /// <summary>
    /// CloudNativePG: a JSON list of instances whose PostgreSQL is shut down while their pods and volumes stay.
    /// </summary>
    public const string FencingAnnotation = "cnpg.io/fencedInstances";

    /// <summary>KEDA: a number freezes the target at that count.</summary>
    public const string PausedReplicasAnnotation = "autoscaling.keda.sh/paused-replicas";

    /// <summary>KEDA: "true" freezes the target where it is.</summary>
    public const string PausedAnnotation = "autoscaling.keda.sh/paused";

    /// <summary>KEDA 2.18 and later: may shrink, must not grow.</summary>
    public const string PausedScaleOutAnnotation = "autoscaling.keda.sh/paused-scale-out";

    /// <summary>
    /// Beside <see cref="PausedScaleOutAnnotation"/>: the pause is Ebb's, and Ebb takes it away again.
    /// </summary>
    public const string HoldsGrowthAnnotation = "ups-scaler.io/holds-growth";

    /// <summary>On a node: the UPSes that feed it, by their names. As a label it can name only one.</summary>
    public const string SuppliesAnnotation = "ebb.dev/supplies";

    /// <summary>The field manager under which every write of Ebb stands in managedFields.</summary>
    public const string FieldManager = "ebb";
}
