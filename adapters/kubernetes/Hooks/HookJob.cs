using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Hooks;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Hooks;

/// <summary>The Job of one run of a hook, made from the template of a CronJob.</summary>
internal static class HookJob
{
    /// <summary>
    /// Long enough for a person to read its log; a Job that the cluster deletes at once is taken for one that failed.
    /// </summary>
    private const int KeptSeconds = 24 * 3600;

    private const int LongestPrefix = 40;

    /// <summary>
    /// The same for the same run, whoever asks, so that a Job which is there already is the proof that it was begun.
    /// </summary>
    public static string Name(HookOrder order)
    {
        var run = order.Run;
        var identity = string.Create(
            CultureInfo.InvariantCulture,
            $"{order.Uid} {order.Outage?.ToUnixTimeTicks()} {run.Number} {run.Direction}"
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..10];
        var name = order.Scaler.Name.Replace('.', '-');
        return $"{name[..Math.Min(name.Length, LongestPrefix)].TrimEnd('-')}-{run.Direction}-{hash}";
    }

    /// <summary>Null: the CronJob has no template that can be run.</summary>
    public static JsonObject? Of(HookOrder order, SpecObject cronJob, Instant now)
    {
        if (
            cronJob.Spec is not { ValueKind: JsonValueKind.Object } owner
            || JsonObject.Create(owner)?["jobTemplate"] is not JsonObject template
            || template["spec"]?.DeepClone() is not JsonObject spec
            || spec["template"]?["spec"] is not JsonObject pods
        )
            return null;
        var left = Math.Max(1, (long)Math.Ceiling((order.Run.Deadline - now).TotalSeconds));
        spec["activeDeadlineSeconds"] = Math.Min(Number(spec["activeDeadlineSeconds"]) ?? left, left);
        spec["backoffLimit"] = order.Spec.Retries;
        spec["ttlSecondsAfterFinished"] = Math.Max(Number(spec["ttlSecondsAfterFinished"]) ?? KeptSeconds, KeptSeconds);
        spec.Remove("suspend");
        foreach (var list in new[] { pods["initContainers"], pods["containers"] })
        foreach (var container in (list as JsonArray ?? []).OfType<JsonObject>())
            Tell(container, order);
        var meta = new JsonObject
        {
            ["name"] = Name(order),
            ["namespace"] = order.Scaler.Namespace,
            ["ownerReferences"] = new JsonArray(
                new JsonObject
                {
                    ["apiVersion"] = order.Scaler.ApiVersion,
                    ["kind"] = order.Scaler.Kind,
                    ["name"] = order.Scaler.Name,
                    ["uid"] = order.Uid,
                }
            ),
        };
        foreach (var part in new[] { "labels", "annotations" })
            if (template["metadata"]?[part] is JsonObject stated)
                meta[part] = stated.DeepClone();
        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = meta,
            ["spec"] = spec,
        };
    }

    private static void Tell(JsonObject container, HookOrder order)
    {
        (string Name, string Value)[] told =
        [
            ("EBB_DIRECTION", order.Run.Direction),
            ("EBB_REASON", order.Reason),
            ("EBB_DEADLINE", KubernetesTime.Format(order.Run.Deadline)),
        ];
        var env = container["env"] as JsonArray ?? [];
        foreach (var own in env.Where(one => told.Any(t => t.Name == (string?)one?["name"])).ToList())
            env.Remove(own);
        // The kubelet expands $(NAME) in values.
        foreach (var (name, value) in told)
            env.Add(
                (JsonNode)
                    new JsonObject { ["name"] = name, ["value"] = value.Replace("$(", "$$(", StringComparison.Ordinal) }
            );
        if (env.Parent is null)
            container["env"] = env;
    }

    private static long? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;
}
