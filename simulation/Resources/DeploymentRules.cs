using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>Validates a deployment's strategy.</summary>
internal static class DeploymentRules
{
    private static readonly string[] Strategies = ["Recreate", "RollingUpdate"];

    public static void Check(JsonObject o, FieldErrors errors)
    {
        var strategy = o.Object("spec", "strategy");
        if (strategy.Text("type") is { } type && !Strategies.Contains(type))
        {
            errors.Unsupported("spec.strategy.type", type, Strategies);
        }
        else if (strategy.Text("type") == "Recreate" && strategy.Object("rollingUpdate") is not null)
        {
            errors.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        }
        else if (
            strategy.Object("rollingUpdate") is { } rolling
            && IsNone(rolling["maxUnavailable"])
            && IsNone(rolling["maxSurge"])
        )
        {
            errors.Invalid(
                "spec.strategy.rollingUpdate.maxUnavailable",
                rolling["maxUnavailable"],
                "may not be 0 when `maxSurge` is 0"
            );
        }

        foreach (var field in (string[])["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"])
        {
            if (o.Whole("spec", field) is < 0 and var negative)
            {
                errors.Invalid("spec." + field, negative, "must be greater than or equal to 0");
            }
        }

        if (
            o.Whole("spec", "progressDeadlineSeconds") is { } deadline
            && deadline <= (o.Whole("spec", "minReadySeconds") ?? 0)
        )
        {
            errors.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
        }
    }

    private static bool IsNone(JsonNode? share) => share?.ToString() is "0" or "0%";
}
