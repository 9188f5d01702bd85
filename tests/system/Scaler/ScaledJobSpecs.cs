using Ebb.Simulation.World.Keda;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>A ScaledJob is answered with how many Jobs fit, those that run included.</summary>
public sealed class ScaledJobSpecs
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: scaledjobs.keda.sh}
        spec:
          group: keda.sh
          scope: Namespaced
          names: {plural: scaledjobs, singular: scaledjob, kind: ScaledJob, listKind: ScaledJobList}
          versions:
          - name: v1alpha1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        ---

        """;

    private static string Job(string spec = "", string strategy = "") =>
        $$"""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledJob
            metadata: {name: render, namespace: shop}
            spec:
              scalingStrategy: { {{strategy}} }
              jobTargetRef:
                {{spec}}
                template:
                  spec: {restartPolicy: Never, containers: [{name: c, image: x, resources: {requests: {cpu: "2"} } }]}
              triggers: [{type: external, metadata: {scalerAddress: x, follow: capacity} }]
            ---

            """;

    private static string Pod(string name, string job) =>
        $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{name}}
              namespace: shop
              ownerReferences: [{apiVersion: batch/v1, kind: Job, name: {{job}}, uid: u-{{name}}, controller: true}]
            spec: {nodeName: node-1, containers: [{name: c, image: x, resources: {requests: {cpu: "2"} } }]}
            ---

            """;

    private static ScalerQuestion Question(ScalerWorld all) =>
        new(
            "shop",
            "render",
            0,
            "external",
            new Dictionary<string, string>
            {
                ["scalerAddress"] = $"127.0.0.1:{all.Port}",
                ["follow"] = "capacity",
                ["growStep"] = "100",
                ["growPeriod"] = "1s",
            }
        );

    private static async Task<double> MetricAsync(ScalerWorld all, double expected)
    {
        var last = double.NaN;
        for (var i = 0; i < 20 && last != expected; i++)
        {
            await all.StepAsync(2);
            try
            {
                last = await all.Keda.GetMetrics(Question(all), "ebb-replicas", TestContext.Current.CancellationToken);
            }
            catch (InvalidOperationException fault)
                when (fault.Message.Contains("Unavailable", StringComparison.Ordinal))
            {
                // ScaledJobs are not read yet.
            }
        }

        return last;
    }

    [Theory]
    [InlineData("")]
    [InlineData("strategy: default")]
    public async Task It_is_how_many_fit_with_those_that_run(string strategy)
    {
        await using var all = await ScalerWorld.StartAsync(
            Definition
                + Node("node-1", "16")
                + Job("", strategy)
                + Pod("r1", "render-x7k2m")
                + Pod("other", "rendering-abcde")
        );
        Assert.Equal(7, await MetricAsync(all, 7));
    }

    /// <summary>Terminating is a pod with a deadline of its own; that of its Job is the Job's.</summary>
    [Theory]
    [InlineData("Terminating", "activeDeadlineSeconds: 600,", "", 2)]
    [InlineData("NotTerminating", "activeDeadlineSeconds: 600,", "", 8)]
    [InlineData("Terminating", "", "activeDeadlineSeconds: 600", 8)]
    [InlineData("NotTerminating", "", "activeDeadlineSeconds: 600", 3)]
    public async Task A_quota_of_pods_with_a_deadline_bounds_Jobs_whose_pods_have_one(
        string scope,
        string pod,
        string job,
        int fits
    )
    {
        await using var all = await ScalerWorld.StartAsync(
            Definition
                + Node("node-1", "18")
                + $$"""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: team, namespace: shop}
                spec: {hard: {pods: "3"}, scopes: [{{scope}}]}
                ---

                """
                + Job(job).Replace("restartPolicy: Never,", $"restartPolicy: Never, {pod}", StringComparison.Ordinal)
                + Pod("other", "rendering-abcde")
                    .Replace("spec: {", "spec: {activeDeadlineSeconds: 60, ", StringComparison.Ordinal)
        );
        Assert.Equal(fits, await MetricAsync(all, fits));
    }

    [Theory]
    [InlineData("parallelism: 2", "", "cannot count: parallelism above 1")]
    [InlineData("", "strategy: accurate", "scalingStrategy: expected default")]
    [InlineData("", "strategy: eager", "found eager")]
    [InlineData("", "strategy: custom, customScalingQueueLengthDeduction: 1", "found custom")]
    public async Task Jobs_that_are_not_one_for_each_pod_of_the_answer_are_refused_by_name(
        string spec,
        string strategy,
        string words
    )
    {
        await using var all = await ScalerWorld.StartAsync(Definition + Node("node-1", "16") + Job(spec, strategy));
        await ScalerWorld.UntilAsync(
            () =>
            {
                var refused = Record.Exception(() =>
                    all
                        .Keda.GetMetrics(Question(all), "ebb-replicas", TestContext.Current.CancellationToken)
                        .GetAwaiter()
                        .GetResult()
                );
                return refused?.Message.Contains("InvalidArgument", StringComparison.Ordinal) == true
                    && refused.Message.Contains(words, StringComparison.Ordinal);
            },
            "it is refused"
        );
    }
}
