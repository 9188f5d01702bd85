using Ebb.Core.Gates;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// A member whose waking a fail-closed webhook guards waits until the webhook's Service leads to a pod that is ready.
/// Who serves it waits for none, and is woken before what waits for it.
/// </summary>
internal static class WebhookWait
{
    private static readonly Duration Longest = Duration.FromMinutes(2);
    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>Read once in each turn of an outage, for all members. Until it was read nothing waits.</summary>
    private static readonly GateKey Configurations = new("", new Gate(GateKind.Webhooks, Down: false, Longest));

    /// <summary>The question which webhooks there are, asked before anything is woken.</summary>
    public static IEnumerable<AskedGate> Asked(PlanInput input, OutageProgress progress) =>
        progress.Began is null || input.Members.Count == 0 ? [] : [new AskedGate(Configurations, input.Members[0])];

    /// <summary>Whether a webhook holds what waking is about to write.</summary>
    /// <param name="input">What is known and asked.</param>
    /// <param name="turn">Where it is told what is waited for.</param>
    /// <param name="member">Who is woken.</param>
    /// <param name="writes">What is about to be written.</param>
    /// <param name="began">When its wave began.</param>
    public static bool Holds(
        PlanInput input,
        DirectionPlan turn,
        Member member,
        IReadOnlyList<Write> writes,
        Instant began
    )
    {
        var deadline = began + Duration.Min(Longest, input.Settings.WaveTimeout / 2);
        var holds = false;
        foreach (var webhook in Guarding(input.Gates.GetValueOrDefault(Configurations)?.Webhooks, member, writes))
        {
            var service = (webhook.Namespace, webhook.Service);
            var key = KeyOf(webhook);
            var ready = input.Gates.GetValueOrDefault(key);
            if (ready?.Open == true || BlockedByWebhook.Serves(input, member, service))
                continue;
            var sentence =
                $"webhook {webhook.Name} guards it, and {ready?.Sentence ?? $"its Service {webhook.Namespace}/{webhook.Service} has not been looked at yet"}"
                + (
                    input.Members.FirstOrDefault(one => BlockedByWebhook.Serves(input, one, service)) is { } server
                        ? $"; {server} serves it and is woken first"
                        : ""
                );
            if (input.Now >= deadline)
            {
                turn.Passed[member] = $"not waited for any longer: {sentence}";
                continue;
            }
            turn.Asked.Add(new AskedGate(key, member));
            turn.Gates.TryAdd(member, $"waits for a webhook: {sentence}");
            turn.LookAgainAt(deadline);
            holds = true;
        }
        return holds;
    }

    /// <summary>The Services of webhooks that somebody waits for.</summary>
    public static IEnumerable<(string Namespace, string Name)> Awaited(PlanInput input) =>
        input
            .Gates.Where(one => one is { Key.Gate: { Namespace: not null, Service: not null }, Value.Open: not true })
            .Select(one => (one.Key.Gate.Namespace!, one.Key.Gate.Service!));

    private static GateKey KeyOf(Webhook webhook) =>
        new(
            "",
            new Gate(GateKind.EndpointsReady, Down: false, Longest)
            {
                Namespace = webhook.Namespace,
                Service = webhook.Service,
            }
        );

    private static IEnumerable<Webhook> Guarding(WebhookReadings? known, Member member, IReadOnlyList<Write> writes) =>
        known is null
            ? []
            : Made(member.Workload!, writes)
                .SelectMany(write =>
                    known.All.Where(webhook =>
                        webhook.Guards(write, known.Places.GetValueOrDefault(write.Namespace ?? ""))
                    )
                )
                .DistinctBy(webhook => (webhook.Namespace, webhook.Service));

    /// <summary>What the API server is asked for: what Ebb writes, and the pods that follow.</summary>
    private static IEnumerable<GuardedWrite> Made(WorkloadView workload, IReadOnlyList<Write> writes) =>
        writes
            .Where(write => write is not Write.RunHook)
            .Select(write => new GuardedWrite(
                Group(write.On.ApiVersion),
                Plural(write.On.Kind),
                write is Write.Scale ? "scale" : null,
                "UPDATE",
                write.On.Namespace.Length == 0 ? null : write.On.Namespace,
                    // A Scale carries no labels.
                    write is Write.Scale
                        ? NoLabels
                    : write.On == workload.Ref ? workload.Labels
                    : null
            ))
            .Concat(
                workload is { PodLabels: null, Replicas: null, Instances: null } or { Ref.Kind: "CronJob" }
                    ? []
                    :
                    [
                        new GuardedWrite(
                            "",
                            "pods",
                            null,
                            "CREATE",
                            workload.Ref.Namespace,
                            workload.HasMorePodLabels ? null : workload.PodLabels
                        ),
                    ]
            );

    private static string Group(string apiVersion) =>
        apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion.Split('/')[0] : "";

    /// <summary>As Kubernetes guesses it.</summary>
    private static string Plural(string kind) =>
        kind.ToLowerInvariant() switch
        {
            [.., 's'] name => name + "es",
            [.. var stem, 'y'] => stem + "ies",
            var name => name + "s",
        };
}
