using Ebb.Engine.Schedules;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>What schedules save against the usual sizes at all times, as the API answers it.</summary>
public sealed class SavedHoursSpecs
{
    private static readonly Instant Monday = Instant.FromUtc(2026, 1, 19, 0, 0);

    [Fact]
    public async Task Ten_hours_of_each_night_are_saved_with_what_the_replicas_request_in_the_window_and_outside()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests
                    .Workload("shop", "web", 4)
                    .Replace(
                        "image: main}",
                        "image: main, resources: {requests: {cpu: 500m, memory: 1Gi} } }",
                        StringComparison.Ordinal
                    )
                + Manifests.Schedule(
                    "shop",
                    "night",
                    "Deployment/web",
                    "type: Daily\nstartTime: \"20:00\"\nendTime: \"06:00\"\nmaxReplicas: 0"
                )
        );
        await using var clock = ClockProcess.Start(world);
        foreach (var hour in new[] { 12, 23 })
        {
            await clock.AtAsync(Instant.FromUtc(2026, 1, 16, hour, 0));
            var view = clock.Path.View!;
            var answer = ScheduleReadings.Answer(
                view.Entries,
                clock.Cluster,
                new ScheduleStretch(Monday, Monday + Duration.FromDays(7), false),
                view.Sleepers,
                TestContext.Current.CancellationToken
            );
            var saved = new ScheduleSaved(280, 140, 280);
            Assert.Equal(saved with { NotKnown = new(1, 0, 0, 0) }, answer.Saved);
            Assert.Equal(saved, Assert.Single(answer.Items).Saved);
        }
        Assert.Equal(0, world.Replicas("shop", "web"));
    }

    private const string Night = "type: Daily\nstartTime: \"20:00\"\nendTime: \"06:00\"\n";

    /// <summary>A kind that is known only by its scale; its schema says nothing of its template.</summary>
    private const string Rollouts = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: rollouts.rolls.example}
        spec:
          group: rolls.example
          scope: Namespaced
          names: {kind: Rollout, plural: rollouts, singular: rollout}
          versions:
            - name: v1
              served: true
              storage: true
              subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: rolls}
        rules:
          - {apiGroups: [rolls.example], resources: [rollouts], verbs: [get, list, watch]}
          - {apiGroups: [rolls.example], resources: [rollouts/scale], verbs: [get, patch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: rolls}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: rolls}
        subjects: [{kind: ServiceAccount, name: ebb-operator, namespace: ebb-system}]
        ---

        """;

    private static string Rollout(string name, string template) =>
        $$$"""
            apiVersion: rolls.example/v1
            kind: Rollout
            metadata: {name: {{{name}}}, namespace: shop}
            spec: {replicas: 4, template: {{{template}}}}
            ---

            """
        + Manifests
            .Schedule("shop", name, $"Rollout/{name}", Night + "maxReplicas: 0")
            .Replace("{kind: Rollout,", "{apiVersion: rolls.example/v1, kind: Rollout,", StringComparison.Ordinal);

    [Fact]
    public async Task A_sum_says_of_how_many_it_is_not_known_and_a_pod_template_of_any_kind_is_read()
    {
        const string Pod =
            "{metadata: {labels: {app: x}}, spec: {containers: [{name: a, image: a, resources: {requests: {cpu: 500m}}}]}}";
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Rollouts
                + Rollout("canary", Pod)
                + Rollout("by-reference", "{}")
                + Rollout("odd", "of steel")
                + Rollout("odder", "{spec: [1, {containers: 2}]}")
                + Manifests.Workload("shop", "api", 2)
                + Manifests.Hpa("shop", "api", 2, 6)
                + Manifests.Schedule("shop", "busy", "HorizontalPodAutoscaler/api", Night + "minReplicas: 4")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Instant.FromUtc(2026, 1, 16, 12, 0));
        var view = clock.Path.View!;
        var answer = ScheduleReadings.Answer(
            view.Entries,
            clock.Cluster,
            new ScheduleStretch(Monday, Monday + Duration.FromDays(7), false),
            view.Sleepers,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(new ScheduleSaved(4 * 280, 140, null, new(5, 1, 4, 5)), answer.Saved);
        Assert.Equal(
            new ScheduleSaved(280, 140, null),
            Assert.Single(answer.Items, item => item.Name == "canary").Saved
        );
    }
}
