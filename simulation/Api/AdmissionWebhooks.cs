using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Selectors;

namespace Ebb.Simulation.Api;

/// <summary>
/// Asks the webhooks that guard a request, as far as that needs somebody who answers: each allows what it is asked, and
/// one whose Service leads to no pod that is ready fails. Requests of the simulation's own controllers are not asked
/// about.
/// </summary>
internal sealed class AdmissionWebhooks(Registry registry)
{
    /// <exception cref="Failure">A webhook that must be asked cannot be.</exception>
    public void Check(Call call)
    {
        var operation = call.Verb switch
        {
            "create" => "CREATE",
            "update" or "patch" => "UPDATE",
            "delete" => "DELETE",
            _ => null,
        };
        // Their own configurations they do not guard, or nobody could take them away.
        if (operation is null || call.Type.Group == "admissionregistration.k8s.io")
        {
            return;
        }

        foreach (
            var webhook in registry
                .Store.All(WebhookConfigurationResource.Mutating)
                .Concat(registry.Store.All(WebhookConfigurationResource.Validating))
                .SelectMany(configuration => configuration.Tree.Objects("webhooks"))
                .Where(webhook => webhook.Text("failurePolicy") != "Ignore" && IsAsked(webhook, call, operation))
        )
        {
            if (webhook.Object("clientConfig", "service") is not { } service || IsServed(registry, service))
            {
                continue;
            }

            var (name, ns) = (service.Text("name"), service.Text("namespace"));
            throw Failure.Internal(
                $"failed calling webhook \"{webhook.Text("name")}\": failed to call webhook: Post "
                    + $"\"https://{name}.{ns}.svc:443{service.Text("path")}?timeout=10s\": no endpoints available for "
                    + $"service \"{name}\""
            );
        }
    }

    private bool IsAsked(JsonObject webhook, Call call, string operation) =>
        webhook
            .Objects("rules")
            .Any(rule =>
                Has(rule, "apiGroups", call.Type.Group)
                && (webhook.Text("matchPolicy") != "Exact" || Has(rule, "apiVersions", call.Version.Version))
                && Has(rule, "operations", operation)
                && (rule.Items("resources") ?? []).Any(resource => IsMeant($"{resource}/".Split('/'), call))
            )
        && (
            call.Namespace is not { Length: > 0 } ns
            // An absent selector selects everything.
            || webhook.Object("namespaceSelector") is not { Count: > 0 } places
            || LabelMatcher
                .OfObject(places)
                .Matches(registry.Store.Find(NamespaceResource.Type, "", ns)?.Tree.Object("metadata", "labels"))
        )
        && (
            webhook.Object("objectSelector") is not { Count: > 0 } objects
            // What is made anew counts as if it were selected; a Scale has no labels.
            || registry.Store.Find(call.Type, call.Namespace ?? "", call.Name) is not { } stored
            || LabelMatcher
                .OfObject(objects)
                .Matches(call.Subresource == "scale" ? null : stored.Tree.Object("metadata", "labels"))
        );

    /// <summary>Without a slash the object alone is meant, with a star after it that as well.</summary>
    private static bool IsMeant(string[] resource, Call call) =>
        (resource[0] == "*" || resource[0] == call.Type.Plural)
        && (resource[1] == "*" || resource[1] == call.Subresource);

    private static bool Has(JsonObject rule, string list, string one) =>
        rule.Items(list)?.Any(item => item?.ToString() is { } said && (said == one || said == "*")) == true;

    /// <summary>Whether the Service leads to a pod that is ready.</summary>
    internal static bool IsServed(Registry registry, JsonObject service) =>
        registry
            .Store.All(EndpointSliceResource.Type, service.Text("namespace") ?? "")
            .Where(slice => slice.Tree.Label("kubernetes.io/service-name") == service.Text("name"))
            .SelectMany(slice => slice.Tree.Objects("endpoints"))
            .Any(endpoint => endpoint.Flag("conditions", "ready") == true);
}
