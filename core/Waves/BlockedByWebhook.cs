using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// A fail-closed webhook whose server sleeps refuses every write that it guards, and every pod. The first refusal names
/// its Service; what that selects is woken before the wave that it blocks, wherever its own priority stands.
/// </summary>
public static class BlockedByWebhook
{
    /// <summary>Of admission; and of conversion, without which no object of the kind can be read or written.</summary>
    private static readonly string[] Refusals = ["failed calling webhook", "conversion webhook for"];

    private const string Scheme = "https://";

    /// <summary>
    /// Whether the API server says that a webhook could not be asked, whether that is a Service or an address
    /// elsewhere.
    /// </summary>
    public static bool Is(string? failure) => Place(failure) >= 0;

    /// <summary>
    /// Namespace and name of the Service, from the API server's own sentence; null: another failure, or no Service.
    /// </summary>
    public static (string Namespace, string Name)? Service(string? failure)
    {
        var at = Place(failure);
        if (failure is null || at < 0)
            return null;
        var address = failure.IndexOf(Scheme, at, StringComparison.Ordinal);
        return
            address >= 0
            && failure[(address + Scheme.Length)..].Split('.', 4) is [var name, var place, var service, ..]
            && (service == "svc" || service.StartsWith("svc:", StringComparison.Ordinal))
            ? (place, name)
            : null;
    }

    private static int Place(string? failure) =>
        failure is null ? -1 : Refusals.Max(words => failure.IndexOf(words, StringComparison.Ordinal));

    /// <summary>Members that sleep and serve a webhook that has refused a write, or that others wait for.</summary>
    internal static IReadOnlyList<Member> Servers(PlanInput input, IReadOnlyList<Member> asleep)
    {
        var services = input
            .Attempts.Values.Select(attempt => attempt.Failure)
            .Concat(input.Members.Select(Said))
            .Select(Service)
            .OfType<(string, string)>()
            .Concat(WebhookWait.Awaited(input))
            .ToHashSet();
        return services.Count == 0
            ? []
            : [.. asleep.Where(member => services.Any(service => Serves(input, member, service)))];
    }

    /// <summary>
    /// Who serves the webhook that has refused the last write to the member, its pods or its Job, asleep or awake
    /// again; null: no member.
    /// </summary>
    internal static Member? ServerOf(PlanInput input, Member member) =>
        (Service(input.Attempts.GetValueOrDefault(member.Scaler.Uid)?.Failure) ?? Service(Said(member))) is { } service
            ? input.Members.FirstOrDefault(server => Serves(input, server, service))
            : null;

    /// <summary>What the API server says of its pods, of the Job of its hook, or when its kind is read.</summary>
    private static string? Said(Member member) =>
        member switch
        {
            { Scaler.Target: WorkloadLookup.Unknown unread } => unread.Why,
            { Workload.Hook.Run: { IsOpen: true } run } => run.Detail,
            { Scaler.Baseline: not null, IsRestored: true } => member.Workload?.NotCreated,
            _ => null,
        };

    /// <summary>Whether pods of the member are behind a Service.</summary>
    internal static bool Serves(PlanInput input, Member member, (string Namespace, string Name) service) =>
        member.Workload is { } workload
        && input.Cluster.Services?.FirstOrDefault(s => (s.Namespace, s.Name) == service)?.LeadsTo(workload) == true;
}
