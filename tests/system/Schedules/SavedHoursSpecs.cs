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
            Assert.Equal(new ScheduleSaved(280, 140, 280), answer.Saved);
            Assert.Equal(answer.Saved, Assert.Single(answer.Items).Saved);
        }
        Assert.Equal(0, world.Replicas("shop", "web"));
    }
}
