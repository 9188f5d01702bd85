using Ebb.Core.Gates;
using Ebb.Core.Selection;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Gates;

/// <summary>The webhooks that the cluster has, and the labels of its namespaces.</summary>
internal sealed class WebhookConfigurations(KubernetesApi api)
{
    private static readonly Resource<WebhookConfiguration>[] Sorts =
    [
        Kinds.Webhooks("mutatingwebhookconfigurations", "MutatingWebhookConfiguration"),
        Kinds.Webhooks("validatingwebhookconfigurations", "ValidatingWebhookConfiguration"),
    ];

    /// <summary>As they were read last.</summary>
    private IReadOnlyList<ConversionWebhook> _conversions = [];

    /// <summary>Ebb goes without them where it may not read them: then the first refusal tells.</summary>
    public async Task<GateAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (conversions, unread, isRefused) = await ConversionsAsync(cancellationToken).ConfigureAwait(false);
            List<Webhook> webhooks = [];
            foreach (var sort in Sorts)
            {
                var found = await api.ListAsync(sort, null, null, cancellationToken).ConfigureAwait(false);
                webhooks.AddRange(
                    (found.Items ?? []).SelectMany(one => one.Webhooks ?? []).Select(View).OfType<Webhook>()
                );
            }
            var places = await api.ListAsync(Kinds.Bare(Kinds.Namespaces), null, null, cancellationToken)
                .ConfigureAwait(false);
            return new GateAnswer(unread.Length == 0 || isRefused ? true : null, unread)
            {
                Webhooks = new WebhookReadings(
                    webhooks,
                    conversions,
                    (places.Items ?? []).ToDictionary(
                        place => place.Metadata.Name,
                        place => (IReadOnlyDictionary<string, string>)place.Metadata.Labels
                    )
                ),
            };
        }
        catch (KubernetesException refused) when (refused.Code == 403)
        {
            return new GateAnswer(true, refused.Message);
        }
    }

    /// <summary>
    /// What cannot be read of definitions, a right of its own, takes nothing from the webhooks of admission. Where it is
    /// refused it is not asked again; else those that were read last are the best that is known.
    /// </summary>
    private async Task<(IReadOnlyList<ConversionWebhook> Known, string Unread, bool IsRefused)> ConversionsAsync(
        CancellationToken cancellationToken
    )
    {
        try
        {
            _conversions = await DefinedConversions.ReadAsync(api, cancellationToken).ConfigureAwait(false);
            return (_conversions, "", false);
        }
        catch (KubernetesException fault)
        {
            return (_conversions, fault.Message, fault.Code == 403);
        }
    }

    /// <summary>Null: its failure refuses nothing, or no Service serves it.</summary>
    private static Webhook? View(AdmissionWebhook webhook) =>
        webhook is { FailurePolicy: not "Ignore", ClientConfig.Service: { Namespace: { } place, Name: { } service } }
            ? new Webhook(
                webhook.Name ?? "",
                place,
                service,
                [
                    .. (webhook.Rules ?? []).Select(rule => new WebhookRule(
                        rule.ApiGroups ?? [],
                        rule.Resources ?? [],
                        rule.Operations ?? [],
                        rule.Scope ?? "*"
                    )
                    {
                        Versions = webhook.MatchPolicy == "Exact" ? rule.ApiVersions ?? [] : ["*"],
                    }),
                ],
                Query(webhook.NamespaceSelector),
                Query(webhook.ObjectSelector)
            )
            {
                IsConditional = webhook.MatchConditions is { Length: > 0 },
            }
            : null;

    private static LabelQuery Query(LabelSelector? selector) =>
        new([
            .. (selector?.MatchLabels ?? SmallDictionary.None).Select(label => new LabelTerm(
                label.Key,
                LabelOperator.In,
                [label.Value]
            )),
            .. (selector?.MatchExpressions ?? [])
                .Where(one => one.Key is not null)
                .Select(one =>
                    Enum.TryParse<LabelOperator>(one.Operator, out var how)
                        ? new LabelTerm(one.Key!, how, one.Values ?? [])
                        : null
                )
                .OfType<LabelTerm>(),
        ]);
}
