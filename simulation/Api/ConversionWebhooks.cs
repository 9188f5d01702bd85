using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;

namespace Ebb.Simulation.Api;

/// <summary>
/// Asks the webhook that converts between the versions of a custom kind, as far as that needs somebody who answers: one
/// whose Service leads to no pod that is ready fails each request for another version than the stored one.
/// </summary>
internal sealed class ConversionWebhooks(Registry registry)
{
    /// <exception cref="Failure">It must be asked and cannot be.</exception>
    public void Check(Call call)
    {
        if (
            !call.Type.IsCustom
            || call.Version.ApiVersion == call.Type.Storage.ApiVersion
            || (call.Verb != "create" && !registry.Store.All(call.Type, call.Namespace).Any())
            || registry
                .Store.Find(CustomResourceDefinitionResource.Type, "", $"{call.Type.Plural}.{call.Type.Group}")
                ?.Tree.Object("spec", "conversion")
                is not { } conversion
            || conversion.Text("strategy") != "Webhook"
            || conversion.Object("webhook", "clientConfig", "service") is not { } service
            || AdmissionWebhooks.IsServed(registry, service)
        )
        {
            return;
        }

        var (name, ns) = (service.Text("name"), service.Text("namespace"));
        throw new Failure(
            500,
            null,
            $"conversion webhook for {call.Type.Storage.ApiVersion}, Kind={call.Type.Kind} failed: Post "
                + $"\"https://{name}.{ns}.svc:443{service.Text("path")}?timeout=30s\": no endpoints available for "
                + $"service \"{name}\""
        );
    }
}
