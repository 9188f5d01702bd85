using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;
using Ebb.Simulation.World.Keda;

namespace Ebb.Simulation.World;

/// <summary>
/// autoscaling/v2: ratio of metric to target, tolerance, stabilisation, policies, bounds; inactive at zero replicas.
/// </summary>
internal sealed class HpaController(SimulationOptions options, ScalerClients scalers, PollResults metrics) : Controller
{
    private readonly Dictionary<string, DateTimeOffset> nextSync = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(DateTimeOffset At, long Replicas)>> recommendations = new(
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, List<(DateTimeOffset At, long Delta)>> scalings = new(StringComparer.Ordinal);

    public override void Observe(Change change)
    {
        if (change.Type != HorizontalPodAutoscalerResource.Type)
        {
            return;
        }

        var key = change.New.Tree.Key();
        if (change.Kind == ChangeKind.Deleted)
        {
            nextSync.Remove(key);
            recommendations.Remove(key);
            scalings.Remove(key);
        }
        else if (change.Kind == ChangeKind.Added)
        {
            // A new HPA is first evaluated one period later.
            nextSync[key] = Now + options.HpaPeriod;
            At(key, nextSync[key]);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(HorizontalPodAutoscalerResource.Type, key) is not { } hpa || hpa.Tree.IsTerminating())
        {
            return;
        }

        if (!nextSync.TryGetValue(key, out var due) || Now >= due)
        {
            nextSync[key] = Now + options.HpaPeriod;
            At(key, nextSync[key]);
        }

        Sync(key, hpa);
    }

    private void Sync(string key, StoredObject hpa)
    {
        var reference = hpa.Tree.Object("spec", "scaleTargetRef");
        var type = Registry.Catalogue.ByGroupKind(reference.Text("apiVersion") ?? "apps/v1", reference.Text("kind"));
        if (
            type?.Scale is not { } paths
            || Store.Find(type, hpa.Tree.Namespace(), reference.Text("name") ?? "") is not { } target
        )
        {
            ChangeStatus(
                HorizontalPodAutoscalerResource.Type,
                hpa,
                tree =>
                    tree.SetCondition(
                        "AbleToScale",
                        "False",
                        "FailedGetScale",
                        $"the HPA controller was unable to get the target's current scale: {reference.Text("kind")?.ToLowerInvariant()}s.apps \"{reference.Text("name")}\" not found",
                        Now
                    )
            );
            return;
        }

        var spec = target.Tree.Whole(paths.Spec) ?? 1;
        var current = target.Tree.Whole(paths.Status) ?? 0;
        if (spec == 0)
        {
            ChangeStatus(
                HorizontalPodAutoscalerResource.Type,
                hpa,
                tree =>
                {
                    tree.SetCondition(
                        "AbleToScale",
                        "True",
                        "SucceededGetScale",
                        "the HPA controller was able to get the target's current scale",
                        Now
                    );
                    tree.SetCondition(
                        "ScalingActive",
                        "False",
                        "ScalingDisabled",
                        "scaling is disabled since the replica count of the target is zero",
                        Now
                    );
                    tree.Ensure("status")["desiredReplicas"] = 0;
                    Counted(tree, current);
                }
            );
            return;
        }

        var least = hpa.Tree.Whole("spec", "minReplicas") ?? 1;
        var most = hpa.Tree.Whole("spec", "maxReplicas") ?? 1;
        if (spec > most || spec < least)
        {
            var bounded = Math.Clamp(spec, least, most);
            Finish(
                key,
                hpa,
                type,
                target,
                spec,
                bounded,
                bounded,
                [],
                spec > most
                    ? "Current number of replicas above Spec.MaxReplicas"
                    : "Current number of replicas below Spec.MinReplicas"
            );
            return;
        }

        var proposals = new List<(long Replicas, string Why, JsonObject Current)>();
        string? failure = null;
        foreach (var metric in hpa.Tree.Objects("spec", "metrics"))
        {
            var (proposal, why) = Propose(hpa.Tree, metric, target.Tree, spec, Math.Max(current, 1));
            if (proposal is { } found)
            {
                proposals.Add(found);
            }
            else if (why is null)
            {
                // The scaler has not answered yet; this key is queued again when it has.
                return;
            }
            else
            {
                failure ??= why;
            }
        }

        // With one broken metric the HPA may scale up, but not down.
        if (proposals.Count == 0 || (failure is not null && proposals.Max(p => p.Replicas) < spec))
        {
            var external = hpa.Tree.Objects("spec", "metrics").Any(m => m.Text("type") == "External");
            var reason = external ? "FailedGetExternalMetric" : "FailedGetResourceMetric";
            ChangeStatus(
                HorizontalPodAutoscalerResource.Type,
                hpa,
                tree =>
                {
                    tree.SetCondition(
                        "AbleToScale",
                        "True",
                        "SucceededGetScale",
                        "the HPA controller was able to get the target's current scale",
                        Now
                    );
                    tree.SetCondition(
                        "ScalingActive",
                        "False",
                        reason,
                        "the HPA was unable to compute the replica count: " + failure,
                        Now
                    );
                    tree.Ensure("status")["currentMetrics"] = new JsonArray(new JsonObject { ["type"] = "" });
                    Counted(tree, current);
                }
            );
            Tell(hpa.Tree, "Warning", reason, failure ?? "no metrics", "horizontal-pod-autoscaler");
            return;
        }

        var best = proposals.MaxBy(p => p.Replicas);
        Finish(
            key,
            hpa,
            type,
            target,
            spec,
            Normalise(key, hpa.Tree, spec, best.Replicas, least, most),
            best.Replicas,
            [.. proposals.Select(p => p.Current)],
            best.Why
        );
    }

    private ((long Replicas, string Why, JsonObject Current)? Proposal, string? Failure) Propose(
        JsonObject hpa,
        JsonObject metric,
        JsonObject target,
        long spec,
        long current
    )
    {
        switch (metric.Text("type"))
        {
            case "Resource":
                var name = metric.Text("resource", "name") ?? "cpu";
                if (
                    metric.Whole("resource", "target", "averageUtilization") is not { } wanted
                    || Utilisation(hpa, target) is not { } now
                )
                {
                    return (
                        null,
                        $"failed to get {name} utilization: unable to get metrics for resource {name}: no "
                            + "metrics returned from resource metrics API"
                    );
                }

                var ready = Math.Max(1, target.Whole("status", "readyReplicas") ?? 0);
                var replicas = Within(hpa, now / wanted)
                    ? spec
                    : (long)Math.Ceiling(Math.Round(now / wanted * ready, 9));
                return (
                    (
                        replicas,
                        $"{name} resource utilization (percentage of request) {(replicas > spec ? "above" : "below")} target",
                        new JsonObject
                        {
                            ["type"] = "Resource",
                            ["resource"] = new JsonObject
                            {
                                ["name"] = name,
                                ["current"] = new JsonObject
                                {
                                    ["averageUtilization"] = (long)now,
                                    ["averageValue"] = ((long)now).ToString(CultureInfo.InvariantCulture) + "m",
                                },
                            },
                        }
                    ),
                    null
                );
            case "External":
                return External(hpa, metric, spec, current);
            default:
                return (null, "invalid metric source type: " + metric.Text("type"));
        }
    }

    private ((long, string, JsonObject)?, string?) External(JsonObject hpa, JsonObject metric, long spec, long current)
    {
        var name = metric.Text("external", "metric", "name") ?? "";
        var so = metric.Text("external", "metric", "selector", "matchLabels", "scaledobject.keda.sh/name") ?? "";
        var (value, failure) = metrics.Value(hpa.Namespace(), so, name, scalers, Plane, this, hpa.Key());
        if (value is not { } total)
        {
            return (null, failure);
        }

        var target = metric.Object("external", "target");
        var average = ResourceQuantity.Read(target.At("averageValue"));
        var shown = new JsonObject { ["metric"] = metric.At("external", "metric")!.DeepClone() };
        long replicas;
        if (average is { } each)
        {
            replicas = Within(hpa, total / (each * spec)) ? spec : (long)Math.Ceiling(Math.Round(total / each, 9));
            shown["current"] = new JsonObject
            {
                ["averageValue"] = ResourceQuantity.Write(total / Math.Max(1, current)),
            };
        }
        else
        {
            var ratio = total / (ResourceQuantity.Read(target.At("value")) ?? 1);
            replicas = Within(hpa, ratio) ? spec : (long)Math.Ceiling(Math.Round(ratio * Math.Max(1, current), 9));
            shown["current"] = new JsonObject { ["value"] = ResourceQuantity.Write(total) };
        }

        var why =
            $"external metric {name}(&LabelSelector{{MatchLabels:map[string]string{{scaledobject.keda.sh/name: {so},}},MatchExpressions:[]LabelSelectorRequirement{{}},}}) {(replicas > spec ? "above" : "below")} target";
        return ((replicas, why, new JsonObject { ["type"] = "External", ["external"] = shown }), null);
    }

    private static double? Utilisation(JsonObject hpa, JsonObject target)
    {
        if (
            double.TryParse(
                hpa.Annotation(SimulationAnnotations.CpuLoad),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var load
            )
        )
        {
            return load / Math.Max(1, target.Whole("status", "readyReplicas") ?? 1);
        }

        var said =
            target.Text("spec", "template", "metadata", "annotations", SimulationAnnotations.CpuPercent)
            ?? target.Annotation(SimulationAnnotations.CpuPercent);
        return double.TryParse(said, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            ? percent
            : null;
    }

    private bool Within(JsonObject hpa, double ratio)
    {
        var side = ratio > 1 ? "scaleUp" : "scaleDown";
        var tolerance = options.ConfigurableTolerance
            ? ResourceQuantity.Read(hpa.At("spec", "behavior", side, "tolerance"))
            : null;
        // The newer controller compares so that exactly a tenth never moves; the older one in floating point as it
        // falls, where 1.1 is more than that.
        return options.ConfigurableTolerance
            ? Math.Abs(ratio - 1) <= (tolerance ?? 0.1) + 1e-9
            : Math.Abs(ratio - 1) <= 0.1;
    }

    private long Normalise(string key, JsonObject hpa, long spec, long wanted, long least, long most)
    {
        // A running clock moves between two reads.
        var now = Now;
        var history = Of(recommendations, key);
        history.Add((now, wanted));
        history.RemoveAll(r => r.At < now - TimeSpan.FromHours(1));
        var (up, down) = (hpa.Object("spec", "behavior", "scaleUp"), hpa.Object("spec", "behavior", "scaleDown"));
        var upWindow = TimeSpan.FromSeconds(up.Whole("stabilizationWindowSeconds") ?? 0);
        var downWindow = TimeSpan.FromSeconds(down.Whole("stabilizationWindowSeconds") ?? 300);
        var lowest = history.Where(r => r.At > now - upWindow || r.At == now).Min(r => r.Replicas);
        var highest = history.Where(r => r.At > now - downWindow || r.At == now).Max(r => r.Replicas);
        var stable = wanted > spec ? Math.Max(spec, lowest) : Math.Min(spec, Math.Max(wanted, highest));
        if (stable > spec)
        {
            return Math.Min(
                Math.Min(stable, most),
                Limit(key, up, spec, [("Pods", 4L, 15L), ("Percent", 100L, 15L)], growing: true)
            );
        }

        return stable < spec
            ? Math.Max(Math.Max(stable, least), Limit(key, down, spec, [("Percent", 100L, 15L)], growing: false))
            : spec;
    }

    private long Limit(string key, JsonObject? rules, long spec, (string, long, long)[] standard, bool growing)
    {
        var select = rules.Text("selectPolicy") ?? "Max";
        if (select == "Disabled")
        {
            return spec;
        }

        var policies = rules
            .Objects("policies")
            .Select(p => (p.Text("type") ?? "", p.Whole("value") ?? 0, p.Whole("periodSeconds") ?? 0))
            .ToArray();
        long? limit = null;
        foreach (var (type, value, period) in policies.Length > 0 ? policies : standard)
        {
            var changed = Of(scalings, key)
                .Where(s => s.At > Now - TimeSpan.FromSeconds(period) && s.Delta > 0 == growing)
                .Sum(s => s.Delta);
            var start = spec - changed;
            var bound = (type, growing) switch
            {
                ("Pods", true) => start + value,
                ("Pods", false) => start - value,
                (_, true) => (long)Math.Ceiling(start * (1 + (value / 100.0))),
                _ => (long)(start * (1 - (value / 100.0))),
            };
            limit =
                limit is not { } known ? bound
                : (select == "Min") != growing ? Math.Max(known, bound)
                : Math.Min(known, bound);
        }

        return Math.Max(0, limit ?? spec);
    }

    private void Finish(
        string key,
        StoredObject hpa,
        ApiResource type,
        StoredObject target,
        long spec,
        long desired,
        long unlimited,
        List<JsonObject> current,
        string why
    )
    {
        var rescale = desired != spec;
        if (rescale)
        {
            var paths = type.Scale!;
            Registry.Change(
                type,
                target,
                new WriteOptions(Manager) { Subresource = "scale" },
                tree => tree.Ensure(paths.Spec.AsSpan()[..^1])[paths.Spec[^1]] = desired
            );
            Of(scalings, key).Add((Now, desired - spec));
            Of(scalings, key).RemoveAll(s => s.At < Now - TimeSpan.FromHours(1));
            Tell(
                hpa.Tree,
                "Normal",
                "SuccessfulRescale",
                $"New size: {desired}; reason: {why}",
                "horizontal-pod-autoscaler"
            );
        }

        var least = hpa.Tree.Whole("spec", "minReplicas") ?? 1;
        var most = hpa.Tree.Whole("spec", "maxReplicas") ?? 1;
        ChangeStatus(
            HorizontalPodAutoscalerResource.Type,
            Find(HorizontalPodAutoscalerResource.Type, key) ?? hpa,
            tree =>
            {
                if (rescale)
                {
                    tree.SetCondition(
                        "AbleToScale",
                        "True",
                        "SucceededRescale",
                        $"the HPA controller was able to update the target scale to {desired}",
                        Now
                    );
                    tree.Ensure("status")["lastScaleTime"] = Now.Stamp();
                }
                else
                {
                    tree.SetCondition(
                        "AbleToScale",
                        "True",
                        "ReadyForNewScale",
                        "recommended size matches current size",
                        Now
                    );
                }

                if (current.Count > 0)
                {
                    var reason = why.Split(" above target")[0].Split(" below target")[0];
                    tree.SetCondition(
                        "ScalingActive",
                        "True",
                        "ValidMetricFound",
                        "the HPA was able to successfully calculate a replica count from " + reason,
                        Now
                    );
                    tree.Ensure("status")["currentMetrics"] = new JsonArray([.. current.Select(c => (JsonNode)c)]);
                }

                var (limited, name, text) =
                    unlimited > most
                        ? (
                            "True",
                            "TooManyReplicas",
                            "the desired replica count is more than the maximum replica count"
                        )
                    : unlimited < least
                        ? ("True", "TooFewReplicas", "the desired replica count is less than the minimum replica count")
                    : ("False", "DesiredWithinRange", "the desired count is within the acceptable range");
                tree.SetCondition("ScalingLimited", limited, name, text, Now);
                Counted(tree, target.Tree.Whole(type.Scale!.Status) ?? 0);
                tree.Ensure("status")["desiredReplicas"] = desired;
            }
        );
    }

    private static void Counted(JsonObject tree, long current) =>
        tree.Ensure("status").Put("currentReplicas", current == 0 ? null : current);

    private static List<T> Of<T>(Dictionary<string, List<T>> lists, string key)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }
}
