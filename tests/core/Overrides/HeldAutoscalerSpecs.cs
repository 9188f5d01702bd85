using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Overrides;

/// <summary>What an override makes of the HPA of its workload, and gives back.</summary>
public sealed class HeldAutoscalerSpecs
{
    /// <summary>Bounds and replicas as they are, what is asked, and what is written.</summary>
    [Theory]
    [InlineData(2, 6, 3, 5, "bounds 5 to 5, 5 replicas")]
    [InlineData(5, 5, 5, 5, "")]
    [InlineData(2, 6, 3, 0, "0 replicas")]
    [InlineData(0, 6, 3, 5, "bounds 5 to 5, 5 replicas")]
    [InlineData(0, 6, 3, 0, "bounds 1 to as it is, 0 replicas")]
    [InlineData(1, 6, 0, 0, "")]
    public void It_holds_still_at_what_is_asked(int least, int most, int replicas, int asked, string written) =>
        Assert.Equal(written, Written(Decide(least, most, replicas, asked, Before(least, most, replicas, asked))));

    /// <summary>It had 3 replicas. What is as nobody asked is somebody else's, and kept.</summary>
    [Theory]
    [InlineData(2, 6, 5, 5, 5, 5, "bounds 2 to 6, 3 replicas")]
    [InlineData(2, 6, 2, 6, 0, 0, "3 replicas")]
    [InlineData(0, 6, 1, 6, 0, 0, "3 replicas, bounds 0 to as it is")]
    [InlineData(0, 6, 1, 1, 1, 1, "bounds 0 to 6, 3 replicas")]
    [InlineData(0, 6, 0, 1, 1, 1, "bounds 0 to 6, 3 replicas")]
    [InlineData(2, 6, 4, 4, 4, 5, "")]
    [InlineData(2, 6, 2, 5, 5, 5, "")]
    public void It_is_given_back_as_it_was(
        int hadLeast,
        int hadMost,
        int least,
        int most,
        int replicas,
        int asked,
        string written
    ) => Assert.Equal(written, Written(Decide(least, most, replicas, null, Before(hadLeast, hadMost, 3, asked))));

    private static OverrideBaseline Before(int least, int most, int replicas, int asked) =>
        new(new Baseline("u", At.Zero, Replicas: replicas, Bounds: Bounds(least, most)), [asked]);

    private static AutoscalerView Bounds(int least, int most) =>
        new(new ObjectRef("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web"), "h", least, most);

    private static OverrideStep Decide(int least, int most, int replicas, int? asked, OverrideBaseline before)
    {
        var workload = new WorkloadView
        {
            Ref = new ObjectRef("apps/v1", "Deployment", "shop", "web"),
            Uid = "u",
            ResourceVersion = "7",
            Replicas = replicas,
            HorizontalPodAutoscaler = "web",
            Autoscaler = Bounds(least, most),
        };
        var target = OverrideTarget.Of(
            WorkloadType.Named("deployment")!,
            "shop",
            "web",
            new WorkloadLookup.Found(workload),
            []
        );
        var key = new OverrideKey("deployment", "shop", "web");
        var asks = asked is { } size
            ? new Override
            {
                Kind = key.Kind,
                Namespace = key.Namespace,
                Name = key.Name,
                Effect = OverrideEffect.Replicas,
                Replicas = size,
                Reason = "test",
                At = At.Zero,
                Until = At.Second(1000),
            }
            : null;
        return OverrideStep.Decide(key, asks, before, target, Decision.None, null, At.Second(1));
    }

    private static string Written(OverrideStep step) =>
        string.Join(
            ", ",
            step.Writes.Select(write =>
                write switch
                {
                    Write.Scale scale => $"{scale.Replicas} replicas",
                    Write.Bound bound => $"bounds {bound.Least} to {bound.Most?.ToString() ?? "as it is"}",
                    _ => throw new InvalidOperationException(write.GetType().Name),
                }
            )
        );
}
