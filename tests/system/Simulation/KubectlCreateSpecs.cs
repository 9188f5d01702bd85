using System.Text.Json.Nodes;
using Ebb.Simulation;
using Ebb.Simulation.Clock;

namespace Ebb.Tests.Simulation;

/// <summary>kubectl's create commands, which send protobuf.</summary>
public sealed class KubectlCreateSpecs
{
    [Theory]
    [InlineData("namespace extra", "namespaces", "", "extra", "kind", "Namespace")]
    [InlineData("configmap c --from-literal=a=b", "configmaps", "default", "c", "data/a", "b")]
    [InlineData("secret generic s --from-literal=a=b", "secrets", "default", "s", "data/a", "Yg==")]
    [InlineData("serviceaccount s", "serviceaccounts", "default", "s", "kind", "ServiceAccount")]
    [InlineData("deployment d --image=x:1 --replicas=0", "deployments.apps", "default", "d", "spec/replicas", "0")]
    [InlineData("deployment d --image=x:1", "deployments.apps", "default", "d", "spec/selector/matchLabels/app", "d")]
    [InlineData("job j --image=x:1", "jobs.batch", "default", "j", "spec/template/spec/restartPolicy", "Never")]
    [InlineData("service clusterip v --tcp=80:8080", "services", "default", "v", "spec/ports/0/targetPort", "8080")]
    [InlineData(
        "role r --verb=get --resource=pods",
        "roles.rbac.authorization.k8s.io",
        "default",
        "r",
        "rules/0/verbs/0",
        "get"
    )]
    [InlineData(
        "clusterrole r --verb=get --resource=pods",
        "clusterroles.rbac.authorization.k8s.io",
        "",
        "r",
        "rules/0/resources/0",
        "pods"
    )]
    [InlineData(
        "rolebinding b --role=r --user=u",
        "rolebindings.rbac.authorization.k8s.io",
        "default",
        "b",
        "subjects/0/name",
        "u"
    )]
    [InlineData(
        "clusterrolebinding b --clusterrole=r --user=u",
        "clusterrolebindings.rbac.authorization.k8s.io",
        "",
        "b",
        "roleRef/name",
        "r"
    )]
    [InlineData(
        "cronjob c --image=x:1 --schedule=@hourly",
        "cronjobs.batch",
        "default",
        "c",
        "spec/jobTemplate/spec/template/spec/containers/0/image",
        "x:1"
    )]
    [InlineData("priorityclass p --value=-5", "priorityclasses.scheduling.k8s.io", "", "p", "value", "-5")]
    [InlineData("quota q --hard=pods=3,cpu=1", "resourcequotas", "default", "q", "spec/hard/cpu", "1")]
    [InlineData(
        "poddisruptionbudget b --selector=a=b --min-available=50%",
        "poddisruptionbudgets.policy",
        "default",
        "b",
        "spec/minAvailable",
        "50%"
    )]
    public async Task Each_is_taken_as_it_was_meant(
        string what,
        string resource,
        string space,
        string name,
        string field,
        string value
    )
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = SimulationClock.ByHand(World.Start), World = World.Nodes },
            TestContext.Current.CancellationToken
        );
        using var kubectl = Kubectl.For("newer", cluster);
        if (space.Length > 0 && cluster.Store.Get("namespaces", "", space) is null)
            await kubectl.Run($"create namespace {space}");
        await kubectl.Run($"create {what}");
        JsonNode? found = cluster.Store.Get(resource, space, name);
        foreach (var part in field.Split('/'))
            found = found is JsonArray list
                ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]
                : found?[part];
        Assert.Equal(value, found?.ToString());
    }
}
