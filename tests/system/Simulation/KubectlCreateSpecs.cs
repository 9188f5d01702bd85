using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation;

/// <summary>kubectl's create commands, which send protobuf, and what it does with what was created.</summary>
public sealed class KubectlCreateSpecs
{
    // Every line of "kubectl create --help" but token, which creates nothing.
    [LongTheory]
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
    [InlineData("secret tls s --cert=CERT --key=KEY", "secrets", "default", "s", "type", "kubernetes.io/tls")]
    [InlineData(
        "secret docker-registry s --docker-server=r.example --docker-username=u --docker-password=p",
        "secrets",
        "default",
        "s",
        "type",
        "kubernetes.io/dockerconfigjson"
    )]
    [InlineData("service clusterip v --clusterip=None", "services", "default", "v", "spec/clusterIP", "None")]
    [InlineData(
        "service nodeport v --tcp=80:8080 --node-port=30080",
        "services",
        "default",
        "v",
        "spec/ports/0/nodePort",
        "30080"
    )]
    [InlineData("service loadbalancer v --tcp=80:8080", "services", "default", "v", "spec/type", "LoadBalancer")]
    [InlineData(
        "service externalname v --external-name=db.example",
        "services",
        "default",
        "v",
        "spec/externalName",
        "db.example"
    )]
    [InlineData(
        "ingress i --class=c --rule=shop.example/cart*=web:8080,tls=cert",
        "ingresses.networking.k8s.io",
        "default",
        "i",
        "spec/rules/0/http/paths/0/backend/service/port/number",
        "8080"
    )]
    [InlineData(
        "ingress i --default-backend=web:http",
        "ingresses.networking.k8s.io",
        "default",
        "i",
        "spec/defaultBackend/service/port/name",
        "http"
    )]
    public async Task Each_is_taken_as_it_was_meant_shown_and_deleted(
        string what,
        string resource,
        string space,
        string name,
        string field,
        string value
    )
    {
        await using var cluster = await StartAsync();
        using var kubectl = Kubectl.For("newer", cluster);
        if (space.Length > 0 && cluster.Store.Get("namespaces", "", space) is null)
            await kubectl.Run($"create namespace {space}");
        WriteCertificate(kubectl.Home.FullName);
        await kubectl.Run(
            $"create {what}"
                .Replace("CERT", Path.Combine(kubectl.Home.FullName, "cert.pem"), StringComparison.Ordinal)
                .Replace("KEY", Path.Combine(kubectl.Home.FullName, "key.pem"), StringComparison.Ordinal)
        );
        JsonNode? found = cluster.Store.Get(resource, space, name);
        foreach (var part in field.Split('/'))
            found = found is JsonArray list
                ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]
                : found?[part];
        Assert.Equal(value, found?.ToString());
        Assert.StartsWith(
            name + " ",
            (await kubectl.Run($"get {resource} {name} --no-headers")),
            StringComparison.Ordinal
        );
        Assert.Matches($@"^Name: +{name}\n", await kubectl.Run($"describe {resource} {name}"));
        await kubectl.Run($"delete {resource} {name}");
        Assert.Null(cluster.Store.Get(resource, space, name));
    }

    [Fact]
    public async Task A_job_is_made_from_a_cron_job()
    {
        await using var cluster = await StartAsync();
        using var kubectl = Kubectl.For("newer", cluster);
        await kubectl.Run("create cronjob hourly --image=x:1 --schedule=@hourly");
        await kubectl.Run("create job now --from=cronjob/hourly");
        var job = cluster.Store.Get("jobs.batch", "default", "now")!;
        Assert.Equal(
            ("x:1", "hourly", "manual"),
            (
                (string?)job["spec"]!["template"]!["spec"]!["containers"]![0]!["image"],
                (string?)job["metadata"]!["ownerReferences"]![0]!["name"],
                (string?)job["metadata"]!["annotations"]!["cronjob.kubernetes.io/instantiate"]
            )
        );
        Assert.Matches("^Name: +now\n", await kubectl.Run("describe job now"));
    }

    [Fact]
    public async Task A_token_says_whose_it_is_and_is_one()
    {
        await using var cluster = await StartAsync();
        using var kubectl = Kubectl.For("newer", cluster);
        await kubectl.Run("create serviceaccount robot");
        var token = (await kubectl.Run("create token robot --duration=20m")).Trim();
        // kubectl itself sends no token without TLS.
        Assert.Equal(cluster.TokenFor("default", "robot"), token);
        Assert.Contains("simulation-admin", await kubectl.Run("auth whoami"), StringComparison.Ordinal);
        using var refused = kubectl.Start("create token nobody");
        var errors = await refused.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await refused.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("serviceaccounts \"nobody\" not found", errors, StringComparison.Ordinal);
    }

    private static Task<SimulatedCluster> StartAsync() =>
        SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = SimulationClock.ByHand(World.Start), World = World.Nodes },
            TestContext.Current.CancellationToken
        );

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(
            "CN=shop.example",
            key,
            HashAlgorithmName.SHA256
        ).CreateSelfSigned(World.Start, World.Start.AddYears(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportECPrivateKeyPem());
    }
}
