using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>For recordings whose answer does not show what was there: which other recording does.</summary>
internal static class Seeds
{
    public static IEnumerable<(string File, Action<JsonObject>? Change)> For(Recording recording)
    {
        var path = recording.Path.Split('?')[0];
        var number = recording.File[..3];
        if (number is "101" or "106" or "085" or "110" or "105" or "102" or "103")
        {
            yield break;
        }

        if (path.EndsWith("/scale", StringComparison.Ordinal) && (path.Contains("/deployments/web", StringComparison.Ordinal) || path.Contains("/deployments/slow", StringComparison.Ordinal) || path.Contains("/deployments/kweb", StringComparison.Ordinal)) && recording.Status is not 404)
        {
            var target = recording.Number("spec", "replicas") ?? 0;
            var shown = recording.Number("status", "replicas") ?? 4;
            yield return ("018-deployment-get", tree =>
            {
                tree["spec"]!["replicas"] = recording.Method == "GET" ? target : target + 1;
                tree["status"]!["replicas"] = shown;
            });
            yield break;
        }

        if (path.EndsWith("/deployments/web", StringComparison.Ordinal) && recording.Status >= 400)
        {
            yield return ("018-deployment-get", null);
        }
        else if (path.EndsWith("/deployments", StringComparison.Ordinal) && recording.Method == "POST" && number == "017")
        {
            yield return ("018-deployment-get", null);
        }
        else if (path.EndsWith("/leases/leader", StringComparison.Ordinal) && recording.Status is 409 or 422)
        {
            yield return ("126-lease-get", null);
        }
        else if (path.EndsWith("/leases", StringComparison.Ordinal) && recording.Status == 409)
        {
            yield return ("126-lease-get", null);
        }
        else if (path.EndsWith("/horizontalpodautoscalers/web", StringComparison.Ordinal) && (recording.Status == 422 || number is "136" or "141"))
        {
            yield return ("132-hpa-get", null);
        }
        else if (path.EndsWith("/cronjobs/tick", StringComparison.Ordinal) && recording.Status == 422)
        {
            yield return ("146-cronjob-get", null);
        }
        else if (path.Contains("/statefulsets/db", StringComparison.Ordinal) && (recording.Status == 422 || path.EndsWith("/scale", StringComparison.Ordinal)))
        {
            yield return ("152-statefulset-get", recording.Number("status", "replicas") is { } n ? tree =>
            {
                tree["status"] = new JsonObject { ["replicas"] = n };
                tree["spec"]!["replicas"] = recording.Method == "GET" ? recording.Number("spec", "replicas") ?? 0 : 7;
            } : null);
        }
        else if (path.Contains("/widgets/w1", StringComparison.Ordinal) && (recording.Status is 409 or 415 or 422 || path.EndsWith("/scale", StringComparison.Ordinal)) && number is not ("190" or "191" or "193"))
        {
            yield return ("187-cr-get", null);
        }
        else if (path.Contains("/configmaps/pre", StringComparison.Ordinal))
        {
            yield return ("107-partial", tree =>
            {
                tree["kind"] = "ConfigMap";
                tree["apiVersion"] = "v1";
                tree["metadata"]!["name"] = "pre";
            });
        }
        else if (path.EndsWith("/widgets/w3", StringComparison.Ordinal) && recording.Status == 200)
        {
            yield return ("187-cr-get", tree => tree["metadata"]!["name"] = "w3");
        }
        else if (number == "204")
        {
            yield return ("018-deployment-get", null);
        }
        else if (number is "107" or "108" or "109" or "092")
        {
            yield return ("107-partial", tree =>
            {
                tree["kind"] = "ConfigMap";
                tree["apiVersion"] = "v1";
                tree["data"] = new JsonObject { ["i"] = "1" };
            });
        }
    }
}
