using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ebb.Core.Ports;
using Ebb.Engine.Schedules;
using Ebb.Tests.Harness;
using Moq;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>The time path as a process among others: killed, not leading, told not to act, measured.</summary>
public class ProcessSpecs
{
    private const string Noon = "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\n";
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 13, 0);

    private static Task<World> StartAsync() =>
        World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 4)
                + Manifests.Hpa("shop", "api", 2, 6)
                + Manifests.Schedule("shop", "noon", "Deployment/web", Noon + "maxReplicas: 0")
                + Manifests.Schedule("shop", "busy", "HorizontalPodAutoscaler/api", Noon + "minReplicas: 9")
        );

    [Fact]
    public async Task A_process_that_dies_in_the_window_is_followed_by_one_that_gives_back_what_was()
    {
        await using var world = await StartAsync();
        await using (var first = ClockProcess.Start(world))
            await first.AtAsync(Begins);
        Assert.Equal((0, (9, 9)), (world.Replicas("shop", "web"), world.Bounds("shop", "api")));
        await using var second = ClockProcess.Start(world);
        await second.AtAsync(Begins + Duration.FromHours(1));
        Assert.Equal((4, (2, 6)), (world.Replicas("shop", "web"), world.Bounds("shop", "api")));
    }

    /// <summary>Dying at each request in turn changes nothing in the end.</summary>
    [LongFact]
    public async Task A_process_that_dies_at_any_request_leaves_nothing_that_the_next_one_does_not_put_right()
    {
        for (var fatal = 1; fatal <= 8; fatal++)
        {
            await using var world = await StartAsync();
            await using (var first = ClockProcess.Start(world))
            {
                await first.TurnAsync();
                var writes = 0;
                world.Cluster.Faults.AfterApplied = request =>
                {
                    if (request.IsWrite && Interlocked.Increment(ref writes) >= fatal)
                        throw new IOException("cut");
                };
                world.Clock.Advance(TimeSpan.FromHours(1));
                using var life = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
                try
                {
                    await first.Path.TurnAsync(life.Token);
                }
                catch (OperationCanceledException)
                { /* this is the death */
                }
                world.Cluster.Faults.Clear();
            }

            await using var second = ClockProcess.Start(world);
            await second.TurnAsync();
            Assert.Equal((0, (9, 9)), (world.Replicas("shop", "web"), world.Bounds("shop", "api")));
            await second.AtAsync(Begins + Duration.FromHours(2));
            Assert.True(
                (4, (2, 6)) == (world.Replicas("shop", "web"), world.Bounds("shop", "api")),
                $"dead at write {fatal}: {world.Replicas("shop", "web")}, {world.Bounds("shop", "api")}"
            );
        }
    }

    [Fact]
    public async Task Only_the_leader_writes()
    {
        await using var world = await StartAsync();
        await using var clock = ClockProcess.Start(
            world,
            leadership: Mock.Of<ILeadership>(other => other.Holder == "another")
        );
        await clock.SeesAsync();
        world.Cluster.Requests.Clear();
        await clock.AtAsync(Begins);
        Assert.Empty(world.Writes());
        Assert.Equal(2, clock.Path.View!.Entries.Count);
    }

    [Fact]
    public async Task Told_not_to_act_it_says_how_things_stand_and_writes_nothing_else()
    {
        await using var world = await StartAsync();
        await using var clock = ClockProcess.Start(world, new Dictionary<string, string?> { ["Power__Act"] = "false" });
        await clock.AtAsync(Begins);
        Assert.Equal((4, (2, 6)), (world.Replicas("shop", "web"), world.Bounds("shop", "api")));
        Assert.Equal("Progressing", world.Condition("shop", "noon"));
    }

    [Fact]
    public async Task The_two_gauges_have_the_originals_names()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("default")
                + Manifests.Workload("default", "nginx", 3)
                + await File.ReadAllTextAsync(
                    System.IO.Path.Combine(
                        Repository.Root,
                        "deploy/examples/schedules/scheduled-pod-autoscaler-nginx.yaml"
                    )
                )
                + "\n---\n"
                + await File.ReadAllTextAsync(
                    System.IO.Path.Combine(Repository.Root, "deploy/examples/schedules/schedule-daily.yaml")
                )
        );
        await using var clock = ClockProcess.Start(world);
        Dictionary<string, double> measured = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == ScheduleGauges.MeterName)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) =>
            {
                if (tags.ToArray().Contains(new("name", "nginx")))
                    measured[instrument.Name] = value;
            }
        );
        listener.Start();
        await clock.AtAsync(Instant.FromUtc(2026, 1, 16, 2, 49));
        listener.RecordObservableInstruments();
        Assert.Equal(
            (3.0, 10.0),
            (measured["scheduled_pod_auroscaler_min_replicas"], measured["scheduled_pod_auroscaler_max_replicas"])
        );
        await clock.AtAsync(Instant.FromUtc(2026, 1, 16, 2, 50));
        listener.RecordObservableInstruments();
        Assert.Equal(
            (10.0, 20.0),
            (measured["scheduled_pod_auroscaler_min_replicas"], measured["scheduled_pod_auroscaler_max_replicas"])
        );
    }

    [Fact]
    public async Task A_time_scalers_min_above_the_max_raises_that_says_so_and_lowers_it_again()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Hpa("shop", "web", 2, 6)
                + """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: scaler, namespace: shop, labels: {ebb.dev/hpa-time-scaler: "true"}}
                data: {SCALE_UP_TIME: "13:00", SCALE_DOWN_TIME: "14:00", SCALE_UP_REPLICAS: "9", SCALE_DOWN_REPLICAS: "2", HPA_NAME: web}
                """
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal((9, 9), world.Bounds("shop", "web"));
        Assert.Contains(
            "hpa-time-scaler set minReplicas to 9, and maxReplicas to 9 with it",
            world.Cluster.Store.List("events", "shop").Select(e => (string?)e["message"])
        );
        await clock.AtAsync(Begins + Duration.FromHours(1));
        Assert.Equal((2, 6), world.Bounds("shop", "web"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [LongFact]
    public async Task Kubectl_applies_every_example_and_shows_the_originals_columns()
    {
        var kubectl = new[] { "/usr/bin/kubectl", "/usr/local/bin/kubectl" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(kubectl is null, "there is no kubectl on this machine");
        var namespaces = Repository
            .Files("deploy/examples/schedules", "*.yaml")
            .SelectMany(File.ReadLines)
            .Select(line => System.Text.RegularExpressions.Regex.Match(line, @"namespace: ([a-z0-9-]+)"))
            .Where(m => m.Success)
            .Select(m => m.Groups[1].Value)
            .Append("default")
            .Distinct();
        await using var world = await World.StartAsync(
            string.Concat(namespaces.Select(Manifests.Namespace)),
            // kubectl sends no token over plain HTTP, so that the server has to take it for anybody.
            options => options with { EnforceRbac = false }
        );
        var config = System.IO.Path.GetTempFileName();
        await File.WriteAllTextAsync(config, world.Cluster.Kubeconfig);
        try
        {
            var applied = await RunAsync(
                kubectl,
                config,
                $"apply -f {System.IO.Path.Combine(Repository.Root, "deploy/examples/schedules")}"
            );
            Assert.Contains(
                "servicescaler.scaler.udaan.io/dummy-bee-service created",
                applied,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "schedule.autoscaling.d-kuro.github.io/nginx-push-notification-weekly created",
                applied,
                StringComparison.Ordinal
            );
            await using var clock = ClockProcess.Start(world);
            await clock.TurnAsync();
            Assert.Matches(
                @"NAME +MINPODS +MAXPODS +STATUS +AGE\s+nginx +3 +10 +Available",
                await RunAsync(kubectl, config, "get spa")
            );
            var schedules = await RunAsync(kubectl, config, "get schedules -o wide");
            Assert.Matches(
                @"NAME +REFERENCE +TYPE +STARTTIME +ENDTIME +STARTDAYOFWEEK +ENDDAYOFWEEK +MINPODS +MAXPODS +STATUS +AGE",
                schedules
            );
            Assert.Matches(
                @"nginx-push-notification-oneshot +nginx +OneShot +2020-09-01T10:00 +2020-09-10T19:00 .*Completed",
                schedules
            );
            Assert.Contains(
                "dummy-bee-service",
                await RunAsync(kubectl, config, "get ss -n dev"),
                StringComparison.Ordinal
            );
        }
        finally
        {
            File.Delete(config);
        }
    }

    private static async Task<string> RunAsync(string kubectl, string config, string arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(kubectl, $"--kubeconfig {config} {arguments}")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["HOME"] = System.IO.Path.GetTempPath() },
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}
