using Ebb.Core.Protection;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Protection;

/// <summary>What a UPS source inside the cluster is behind.</summary>
public class SourceGuardSpecs
{
    private static readonly IReadOnlyDictionary<string, string> Exporter = new Dictionary<string, string>
    {
        ["app"] = "exporter",
    };

    private static ServiceView Service(
        string name = "metrics",
        string space = "monitoring",
        IReadOnlyDictionary<string, string>? selector = null,
        string? externalName = null
    ) =>
        new(
            space,
            name,
            selector ?? (externalName is null ? Exporter : new Dictionary<string, string>()),
            ["10.96.0.5", "fd00::5", "lb.example"],
            [9199],
            [30999],
            externalName
        );

    private static WorkloadLookup Workload(
        string name,
        string space = "monitoring",
        string kind = "Deployment",
        IReadOnlyDictionary<string, string>? labels = null
    ) =>
        new WorkloadLookup.Found(
            new WorkloadView
            {
                Ref = new ObjectRef("apps/v1", kind, space, name),
                Uid = name,
                ResourceVersion = "1",
                PodLabels = labels ?? Exporter,
            }
        );

    private static IReadOnlyList<Protected> Of(string host, int port, params ServiceView[]? services) =>
        SourceGuard.Of(
            [new SourcePlace($"nut://{host}/ups", host, port, !System.Net.IPAddress.TryParse(host, out _))],
            services,
            "ebb-system"
        );

    // A host name from outside the cluster that leads to the load balancer, an external IP or the cluster IP.
    [Theory]
    [InlineData("10.96.0.5", true)]
    [InlineData("FD00::5", true)]
    [InlineData("192.0.2.77", false)]
    public void So_is_the_one_that_a_name_of_the_house_leads_to(string address, bool isProtected)
    {
        var source = new SourcePlace("nut://ups.home.example/ups", "ups.home.example", 3493, IsName: true);
        var guarded = SourceGuard.Of([source with { Addresses = [address] }], [Service()], "ebb-system");
        Assert.Equal(isProtected, Guards(guarded, "exporter", Workload("exporter")));
    }

    private static bool Guards(IReadOnlyList<Protected> guarded, string name, WorkloadLookup target) =>
        guarded.Any(g => g.Guards("monitoring", name, target));

    [Theory]
    [InlineData("metrics.monitoring", 9199)]
    [InlineData("metrics.monitoring.svc", 9199)]
    [InlineData("Metrics.Monitoring.svc.cluster.local.", 9199)]
    [InlineData("pod-0.metrics.monitoring.svc.cluster.local", 9199)]
    [InlineData("pod-0.metrics.monitoring", 9199)]
    [InlineData("10.96.0.5", 9199)]
    [InlineData("fd00::5", 9199)]
    [InlineData("LB.example", 9199)]
    [InlineData("node-1.lan", 30999)]
    public void The_workload_that_the_Service_selects_is_protected_whatever_its_name(string host, int port)
    {
        var guarded = Of(host, port, Service());
        Assert.True(Guards(guarded, "exporter", Workload("exporter")));
        Assert.Contains("behind Service monitoring/metrics", Assert.Single(guarded).Why, StringComparison.Ordinal);
        Assert.False(Guards(guarded, "other", Workload("other", labels: new Dictionary<string, string>())));
        // What is merely called like it is not it.
        Assert.False(Guards(guarded, "metrics", Workload("metrics", labels: new Dictionary<string, string>())));
        Assert.False(guarded[0].Guards("shop", "exporter", Workload("exporter", "shop")));
    }

    [Fact]
    public void A_bare_name_is_a_Service_of_Ebbs_own_namespace()
    {
        var guarded = Of("metrics", 9199, Service(), Service(space: "ebb-system"));
        Assert.Equal("ebb-system", Assert.Single(guarded).Namespace);
        Assert.True(guarded[0].Guards("ebb-system", "exporter", Workload("exporter", "ebb-system")));
    }

    [Fact]
    public void A_Service_that_is_another_name_is_followed_and_a_ring_of_them_ends()
    {
        var alias = Service("ups", "ebb-system", externalName: "metrics.monitoring.svc.cluster.local");
        Assert.True(Guards(Of("ups", 1, alias, Service()), "exporter", Workload("exporter")));
        var ring = Service("ring", "monitoring", externalName: "ups.ebb-system");
        Assert.Null(Of("ups", 1, alias with { ExternalName = "ring.monitoring" }, ring).Single().Service);
    }

    [Theory]
    [InlineData("statefulset.kubernetes.io/pod-name", "exporter-0", "StatefulSet", true)]
    [InlineData("statefulset.kubernetes.io/pod-name", "other-0", "StatefulSet", false)]
    [InlineData("pod-template-hash", "5d4f", "Deployment", true)]
    [InlineData("role", "metrics", "Deployment", false)]
    public void Labels_that_a_controller_adds_to_pods_are_no_reason_to_miss_one(
        string key,
        string value,
        string kind,
        bool guards
    )
    {
        var selector = new Dictionary<string, string> { ["app"] = "exporter", [key] = value };
        Assert.Equal(
            guards,
            Guards(
                Of("metrics.monitoring", 1, Service(selector: selector)),
                "exporter",
                Workload("exporter", kind: kind)
            )
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_no_Service_is_known_the_name_protects(bool known)
    {
        var guarded = Of("exporter.monitoring", 9199, known ? [] : null);
        Assert.True(Guards(guarded, "exporter", Workload("exporter")));
        Assert.True(Guards(guarded, "exporter", new WorkloadLookup.Unknown("not read yet")));
        Assert.True(Guards(guarded, "scaled", Workload("exporter")));
        Assert.False(Guards(guarded, "other", Workload("other")));
    }

    [Fact]
    public void Where_labels_are_not_known_the_name_protects() =>
        Assert.True(
            Guards(Of("metrics.monitoring", 1, Service()), "metrics", new WorkloadLookup.Unknown("not read yet"))
        );

    // What a kind's controller adds is not known: what is not contradicted may be there.
    [Theory]
    [InlineData("role=ups", "metrics", true)]
    [InlineData("role=ups", "other", false)]
    [InlineData("app=exporter", "other", true)]
    [InlineData("app=exporter,role=ups", "metrics", true)]
    [InlineData("app=else", "metrics", false)]
    [InlineData("app=else,role=ups", "metrics", false)]
    public void Where_only_some_labels_are_known_a_label_that_is_missing_leaves_it_to_the_name(
        string selector,
        string name,
        bool guards
    )
    {
        var wanted = selector.Split(',').Select(pair => pair.Split('=')).ToDictionary(p => p[0], p => p[1]);
        var found = ((WorkloadLookup.Found)Workload(name)).Workload with { HasMorePodLabels = true };
        Assert.Equal(
            guards,
            Guards(Of("metrics.monitoring", 1, Service(selector: wanted)), name, new WorkloadLookup.Found(found))
        );
        Assert.Equal(guards, Service(selector: wanted).LeadsTo(found));
    }

    [Fact]
    public void An_address_outside_the_cluster_protects_nothing() => Assert.Empty(Of("192.168.1.5", 3493, Service()));

    [Theory]
    [InlineData("k8s-app", "kube-dns", "nas.lan", "k8s-app=kube-dns")]
    [InlineData("app.kubernetes.io/name", "coredns", "nas.lan", "app.kubernetes.io/name=coredns")]
    [InlineData("app", "pihole", "nas.lan", "Service monitoring/pihole, port 53")]
    [InlineData("app", "web", "nas.lan", null)]
    [InlineData("k8s-app", "kube-dns", "10.0.0.1", null)]
    public void A_resolver_that_is_put_to_sleep_is_a_risk_where_a_source_has_a_name(
        string key,
        string value,
        string host,
        string? sign
    )
    {
        var resolver = Service("pihole", selector: new Dictionary<string, string> { ["app"] = "pihole" }) with
        {
            Ports = [80, 53],
        };
        var member = UpsScalerValidation.Of(
            [
                new UpsScalerView
                {
                    Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "monitoring", "dns"),
                    Uid = "dns",
                    ResourceVersion = "1",
                    Type = "deployment",
                    TargetNamespace = "monitoring",
                    TargetName = "dns",
                    ShutdownPriority = 1,
                    ScaleUpPriority = 1,
                    Target = Workload("dns", labels: new Dictionary<string, string> { [key] = value }),
                },
            ],
            []
        );
        var risks = NameServers.Risks(
            member,
            [new SourcePlace("nut", host, 3493, !System.Net.IPAddress.TryParse(host, out _))],
            [resolver, Service()]
        );
        if (sign is null)
            Assert.Empty(risks);
        else
            Assert.StartsWith(
                $"deployment monitoring/dns answers DNS ({sign}) and is put to sleep: {host} can then be asked only",
                Assert.Single(risks),
                StringComparison.Ordinal
            );
    }
}
