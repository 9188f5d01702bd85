using Ebb.Core.Gates;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// A member whose waking a fail-closed webhook guards, or needs a conversion for, waits until the webhook's Service
/// leads to a pod that is ready.
/// Who serves it waits for none, and is woken before what waits for it.
/// </summary>
internal static class WebhookWait
{
    private static readonly Duration Longest = Duration.FromMinutes(2);

    /// <summary>Read once in each turn of an outage, for all members. Until it was read nothing waits.</summary>
    private static readonly GateKey Configurations = new("", new Gate(GateKind.Webhooks, Down: false, Longest));

    /// <summary>The question which webhooks there are, asked before anything is woken.</summary>
    public static IEnumerable<AskedGate> Asked(PlanInput input, OutageProgress progress) =>
        progress.Began is null ? [] : [new AskedGate(Configurations)];

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
        var known = input.Gates.GetValueOrDefault(Configurations)?.Webhooks;
        foreach (var (why, service) in Needed(known, member, writes))
        {
            var key = KeyOf(service);
            var ready = input.Gates.GetValueOrDefault(key);
            if (ready?.Open == true || BlockedByWebhook.Serves(input, member, service))
                continue;
            var sentence =
                $"{why}, and {ready?.Sentence ?? $"its Service {service.Namespace}/{service.Name} has not been looked at yet"}"
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
            turn.Asked.Add(new AskedGate(key));
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

    private static GateKey KeyOf((string Namespace, string Name) service) =>
        new(
            "",
            new Gate(GateKind.EndpointsReady, Down: false, Longest)
            {
                Namespace = service.Namespace,
                Service = service.Name,
            }
        );

    /// <summary>Each Service once, with what certainly guards before what may.</summary>
    private static IEnumerable<(string Why, (string Namespace, string Name) Service)> Needed(
        WebhookReadings? known,
        Member member,
        IReadOnlyList<Write> writes
    ) =>
        known is null
            ? []
            : GuardedWrites
                .Of(member.Workload!, writes)
                .SelectMany(write =>
                    known.All.Where(webhook =>
                        webhook.Guards(write, known.Places.GetValueOrDefault(write.Namespace ?? ""))
                    )
                )
                .OrderBy(webhook => webhook.IsConditional)
                .Select(webhook => ($"webhook {webhook.Name} {Guards(webhook)}", (webhook.Namespace, webhook.Service)))
                .Concat(
                    writes
                        .SelectMany(write => known.Conversions.Where(conversion => conversion.IsAskedFor(write.On)))
                        .Select(one =>
                            (
                                $"the conversion webhook of {one.Definition} is asked for it",
                                (one.Namespace, one.Service)
                            )
                        )
                )
                .DistinctBy(needed => needed.Item2);

    private static string Guards(Webhook webhook) =>
        webhook.IsConditional ? "may guard it (its matchConditions are not evaluated)" : "guards it";
}
