using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Power;
using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Api;
using Ebb.Nut;
using Ebb.Simulation;
using Ebb.Simulation.Faults;
using NodaTime;

namespace Ebb.Tests.Harness;

/// <summary>Plays a story second by second, and holds it against what was expected.</summary>
internal sealed class StoryRun(StoryFolder story)
{
    private static readonly string[] Workloads =
    [
        "deployments.apps",
        "statefulsets.apps",
        "cronjobs.batch",
        "clusters.postgresql.cnpg.io",
        "scaledobjects.keda.sh",
        "kustomizations.kustomize.toolkit.fluxcd.io",
        "helmreleases.helm.toolkit.fluxcd.io",
        "applications.argoproj.io",
        "daemonsets.apps",
        "jobs.batch",
        "postgresqls.acid.zalan.do",
        "virtualmachines.kubevirt.io",
        "schedules.velero.io",
        "kafkas.kafka.strimzi.io",
        "services.serving.knative.dev",
    ];

    private readonly List<(double At, string Expectation)> _due =
    [
        .. story
            .Expected.Where(e => e.StartsWith("at ", StringComparison.Ordinal))
            .Select(e => e.Split(' ', 3))
            .Select(p => (double.Parse(p[1], CultureInfo.InvariantCulture), p[2])),
    ];

    /// <summary>
    /// Sockets know real time, and a refusal that lasts ten minutes of the story must not last as long here.
    /// </summary>
    private static readonly KubernetesApiOptions Impatient = new()
    {
        WriteDeadline = TimeSpan.FromMilliseconds(300),
        Attempts = 2,
    };

    private Dictionary<string, string> _began = [];

    /// <summary>Since when the battery discharges, and how many seconds it lasts; null: it does not.</summary>
    private (double Since, double Lasts)? _draining;

    public async Task PlayAsync()
    {
        await using var world = await World.StartAsync(
            story.Manifests,
            options =>
                options with
                {
                    HpaPeriod = TimeSpan.FromSeconds(5),
                    Keda = Enum.Parse<KedaGeneration>(
                        story.WorldSettings.GetValueOrDefault("keda", nameof(KedaGeneration.V220))
                    ),
                    TerminatingReplicas = bool.Parse(
                        story.WorldSettings.GetValueOrDefault("terminatingReplicas", "true")
                    ),
                }
        );
        var zero = world.Seconds;
        _began = Picture(world);
        world.Cluster.Requests.Clear();
        var ebb = EbbProcess.Start(world, story.Settings, Impatient);
        try
        {
            var next = 0;
            for (double second = 0; second <= story.End; second++)
            {
                for (; next < story.Timeline.Count && story.Timeline[next].At <= second; next++)
                    ebb = await HappensAsync(story.Timeline[next].Words, world, ebb);
                Drain(world);
                await ebb.StepAsync();
                foreach (var (_, expectation) in _due.Where(d => d.At == second))
                    Holds(expectation, world, ebb, second);
            }
            var writes = Writes(world, zero);
            foreach (var expectation in story.Expected.Where(e => !e.StartsWith("at ", StringComparison.Ordinal)))
                HoldsAtLast(expectation, world, writes);
        }
        finally
        {
            await ebb.DisposeAsync();
        }
    }

    /// <summary>Charge and runtime fall together, as those of an honest driver.</summary>
    private void Drain(World world)
    {
        if (_draining is not var (since, lasts))
            return;
        var left = Math.Max(0, lasts - (world.Seconds - since));
        world.Ups.SetVariable("battery.charge", (100 * left / lasts).ToString("0", CultureInfo.InvariantCulture));
        world.Ups.SetVariable("battery.runtime", left.ToString("0", CultureInfo.InvariantCulture));
    }

    private async Task<EbbProcess> HappensAsync(string[] words, World world, EbbProcess ebb)
    {
        switch (words)
        {
            case ["ups", .. var status]:
                world.Ups.StatusOverride = string.Join(' ', status);
                break;
            case ["charge", var percent]:
                world.Ups.SetVariable("battery.charge", percent);
                break;
            case ["battery", "lasts", var lasts]:
                _draining = (world.Seconds, double.Parse(lasts, CultureInfo.InvariantCulture));
                break;
            case ["node", var name, "off"]:
                world.Cluster.PowerOffNode(name);
                break;
            case ["node", var name, "on"]:
                world.Cluster.PowerOnNode(name);
                break;
            case ["contact", "lost"]:
                world.Ups.Refuse = true;
                world.Ups.CutConnections();
                break;
            case ["contact", "back"]:
                world.Ups.Refuse = false;
                break;
            case ["fault", var code, var method, var path, "for", var seconds]:
                var until = world.Seconds + double.Parse(seconds, CultureInfo.InvariantCulture);
                world.Cluster.Faults.Add(
                    r => r.Method == method && r.Path.Contains(path, StringComparison.Ordinal) && world.Seconds < until,
                    new Fault.ErrorStatus(int.Parse(code, CultureInfo.InvariantCulture))
                );
                break;
            case ["driver", "dead"]:
                world.Ups.DriverDead = true;
                break;
            case ["driver", "back"]:
                world.Ups.DriverDead = false;
                break;
            case ["stale"]:
                world.Ups.Stale = true;
                break;
            case ["fresh"]:
                world.Ups.Stale = false;
                break;
            case ["ask", var verb, .. var reason]:
                if (verb == "release")
                    await ebb.ReleaseAsync(string.Join(' ', reason));
                else
                    await ebb.AskAsync(Enum.Parse<OrderAction>(verb, true), string.Join(' ', reason));
                break;
            case ["patch", var resource, var name, .. var patch]:
                world.Cluster.Store.Patch(
                    resource,
                    name.Split('/')[0],
                    name.Split('/')[1],
                    JsonNode.Parse(string.Concat(patch))!.AsObject()
                );
                break;
            case ["forget", "outages"]:
                foreach (var outage in world.Cluster.Store.List("outages.ebb.dev"))
                    world.Cluster.Store.Delete(
                        "outages.ebb.dev",
                        (string)outage["metadata"]!["namespace"]!,
                        (string)outage["metadata"]!["name"]!
                    );
                break;
            case ["apply", var file]:
                await world.Cluster.ApplyManifestAsync(story.Read(file));
                break;
            case ["delete", var resource, var name]:
                world.Cluster.Store.Delete(resource, name.Split('/')[0], name.Split('/')[1]);
                break;
            case ["restart"]:
                await ebb.DisposeAsync();
                return EbbProcess.Start(world, story.Settings, Impatient);
            case ["end"]:
                break;
            default:
                throw new InvalidOperationException(
                    $"story {story.Name}: nobody knows how to do \"{string.Join(' ', words)}\""
                );
        }
        return ebb;
    }

    private void Holds(string expectation, World world, EbbProcess ebb, double second)
    {
        var words = expectation.Split(' ');
        switch (words)
        {
            case ["phase", var phase]:
                Assert.True(
                    Wording.Of(ebb.View.Plan.Phase) == phase,
                    $"{story.Name}, second {second}: expected phase {phase}, found {Wording.Of(ebb.View.Plan.Phase)} ({ebb.View.Plan.Reason}); {string.Join("; ", ebb.View.Plan.Workloads.Where(w => w.Phase != WorkloadPhase.Awake).Select(w => $"{w.Member} {w.Phase}: {w.Reason}"))}"
                );
                break;
            case ["mains", var mains]:
                Assert.Equal(mains, Wording.Of(ebb.View.Power.Mains));
                break;
            case ["state", var name, var state]:
                var found = ebb.View.Plan.Workloads.Single(w =>
                    ObjectRef.Placed(w.Member.Scaler.TargetNamespace, w.Member.Scaler.TargetName!) == name
                );
                Assert.True(
                    Wording.Of(found.Phase) == state,
                    $"{story.Name}, second {second}: expected {name} {state}, found {Wording.Of(found.Phase)} ({found.Reason})"
                );
                break;
            case ["late", var late]:
                Assert.True(
                    ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.TargetName == late).Late,
                    $"{story.Name}, second {second}: {late} is not late"
                );
                break;
            case ["says", var who, .. var sentence]:
                var reason = ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.Ref.Name == who).Reason;
                Assert.True(
                    reason.Contains(string.Join(' ', sentence), StringComparison.Ordinal),
                    $"{story.Name}, second {second}: {who} says \"{reason}\""
                );
                break;
            case ["event", var eventReason, var eventName]:
                Assert.True(
                    world
                        .Cluster.Store.List("events")
                        .Any(e =>
                            (string?)e["reason"] == eventReason
                            && (string?)(e["involvedObject"] ?? e["regarding"])?["name"] == eventName
                        ),
                    $"{story.Name}, second {second}: no Event {eventReason} on {eventName}"
                );
                break;
            case [var resource, var name, var path, var value]:
                var at = name.Split('/');
                JsonNode? node = world.Cluster.Store.Get(resource, at[0], at[1]);
                Assert.True(node is not null, $"{story.Name}, second {second}: no {resource} {name}");
                foreach (var key in path.Split('|'))
                    node = node?[key];
                Assert.True(
                    (node?.ToJsonString() ?? "absent") == value,
                    $"{story.Name}, second {second}: expected {name} {path} {value}, found {node?.ToJsonString() ?? "absent"}"
                );
                break;
            default:
                throw new InvalidOperationException($"story {story.Name}: nobody knows how to check \"{expectation}\"");
        }
    }

    private void HoldsAtLast(string expectation, World world, IReadOnlyList<string> writes)
    {
        var all = string.Join(Environment.NewLine, writes);
        switch (expectation.Split(' '))
        {
            case ["as", "it", "began"]:
                var ended = Picture(world);
                foreach (var name in _began.Keys.Union(ended.Keys))
                    Assert.Equal($"{name} {_began.GetValueOrDefault(name)}", $"{name} {ended.GetValueOrDefault(name)}");
                Assert.All(
                    world.Cluster.Store.List("upsscalers.ups-scaler.io"),
                    s => Assert.Equal("-1", s["spec"]!["specReplicas"]?.ToJsonString() ?? "-1")
                );
                Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
                break;
            case ["no", "writes"]:
                Assert.True(writes.Count == 0, all);
                break;
            case ["never", var name]:
                Assert.DoesNotContain(writes, w => w.EndsWith("/" + name, StringComparison.Ordinal));
                break;
            case ["order", .. var names]:
                string[] order = [.. writes.Select(w => w[(w.LastIndexOf('/') + 1)..]).Where(names.Contains)];
                Assert.True(
                    names.SequenceEqual(order),
                    $"{story.Name}: expected the order {string.Join(' ', names)}, found {string.Join(' ', order)}{Environment.NewLine}{all}"
                );
                break;
            case ["writes", "at", "most", var most]:
                Assert.True(writes.Count <= int.Parse(most, CultureInfo.InvariantCulture), all);
                break;
            default:
                throw new InvalidOperationException($"story {story.Name}: nobody knows how to check \"{expectation}\"");
        }
    }

    /// <summary>Every write of Ebb to a workload: <c>second verb namespace/name</c>.</summary>
    private static IReadOnlyList<string> Writes(World world, double zero) =>
        [
            .. world
                .Cluster.Requests.All.Where(r => r is { IsWrite: true, Status: < 300 } && IsWorkload(r.Path))
                .Select(r =>
                    FormattableString.Invariant(
                        $"{(r.At - World.Beginning).TotalSeconds - zero:0} {r.Method} {Name(r.Path)}"
                    )
                ),
        ];

    private static bool IsWorkload(string path) =>
        !path.Contains("/upsscalers/", StringComparison.Ordinal)
        && !path.Contains("/ebb.dev/", StringComparison.Ordinal)
        && !path.Contains("/leases", StringComparison.Ordinal)
        && !path.Contains("/events", StringComparison.Ordinal)
        && !path.Contains("/configmaps", StringComparison.Ordinal);

    private static string Name(string path)
    {
        var parts = path.Split('/');
        return parts[^1] == "scale" ? $"{parts[^4]}/{parts[^2]}" : $"{parts[^3]}/{parts[^1]}";
    }

    /// <summary>What every workload wants to be: its spec and its annotations.</summary>
    private static Dictionary<string, string> Picture(World world)
    {
        Dictionary<string, string> picture = [];
        foreach (var resource in Workloads)
        {
            IReadOnlyList<JsonObject> items;
            try
            {
                items = world.Cluster.Store.List(resource);
            }
            catch (ArgumentException)
            {
                continue; /* this world has no such kind */
            }
            foreach (var item in items)
                picture[$"{resource} {item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}"] =
                    $"{Json.Sorted(item["spec"])} {Json.Sorted(item["metadata"]!["annotations"])}";
        }
        return picture;
    }
}
