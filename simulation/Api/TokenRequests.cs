using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Api;

/// <summary>POST to a service account's token: answered and never stored. A token here does not expire.</summary>
internal static class TokenRequests
{
    private const long Least = 600;
    private const long Usual = 3600;

    /// <exception cref="Failure">404: no such service account; 422: it would hold for less than ten minutes.</exception>
    public static Reply Answer(Registry registry, Call call, JsonObject asked, Func<string, string, string> tokenFor)
    {
        var account = registry.Get(call.Type, call.Namespace ?? "", call.Name);
        var seconds = asked.Whole("spec", "expirationSeconds") ?? Usual;
        if (seconds < Least)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
            throw Failure.Invalid("authentication.k8s.io", "TokenRequest", call.Name, errors);
        }

        var spec = asked.Ensure("spec");
        spec["expirationSeconds"] = seconds;
        spec["audiences"] ??= new JsonArray("https://kubernetes.default.svc.cluster.local");
        return Reply.Json(
            201,
            new JsonObject
            {
                ["kind"] = "TokenRequest",
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["metadata"] = new JsonObject
                {
                    ["name"] = call.Name,
                    ["namespace"] = account.Tree.Namespace(),
                    ["creationTimestamp"] = Time(registry.Clock.GetUtcNow()),
                },
                ["spec"] = spec.DeepClone(),
                ["status"] = new JsonObject
                {
                    ["token"] = tokenFor(account.Tree.Namespace(), call.Name),
                    ["expirationTimestamp"] = Time(registry.Clock.GetUtcNow().AddSeconds(seconds)),
                },
            }
        );
    }

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
