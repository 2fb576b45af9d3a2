"""What MMPretrain and its sisters have and this kit has not: told as such, where a suggestion would lead astray.

``'MAE'`` in a config is no slip of the pen for ``'VAE'``. The names are the registered classes of MMPretrain 1.2.0,
MMClassification 0.25.0 and, for detection and the like, the best known of their sisters'.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import Mistake
from ..nodes import ConfigDict, walk
from ..registry import names, signature
from .place import place_of

_HOLDS = "which the kit does not hold; it holds classification."
_LEFT_OUT = "that the kit leaves out."
_BACKBONES = "`course models list` shows those it has; type='TIMMBackbone' takes any of timm's."

# what it is, what else to say, and the names
_GROUPS = (
    (
        f"is self-supervised learning, {_HOLDS}",
        "",
        """BEiT BEiTPretrainViT BYOL BarlowTwins CAE CAEPretrainViT CLIPGenerator DALLEEncoder DenseCL EVA HOGGenerator
        MAE MAEHiViT MAEViT MFF MFFViT MILAN MILANViT MaskFeat MaskFeatViT MixMIM MixMIMPretrainTransformer MoCo
        MoCoV3 MoCoV3ViT SimCLR SimMIM SimMIMSwinTransformer SimSiam SparK SwAV VQKD iTPN iTPNHiViT BEiTV1Head
        BEiTV2Head CAEHead ContrastiveHead LatentCrossCorrelationHead LatentPredictHead MAEPretrainHead MIMHead
        MixMIMPretrainHead MoCoV3Head SimMIMHead SparKPretrainHead SwAVHead iTPNClipHead CAELoss CosineSimilarityLoss
        CrossCorrelationLoss PixelReconstructionLoss SwAVLoss BEiTV2Neck CAENeck DenseCLNeck MAEPretrainDecoder
        MILANPretrainDecoder MixMIMPretrainDecoder MoCoV2Neck NonLinearNeck SimMIMLinearDecoder SparKLightDecoder
        SwAVNeck iTPNPretrainDecoder SelfSupDataPreprocessor TwoNormDataPreprocessor VideoDataPreprocessor
        BEiTMaskGenerator MAERandomResizedCrop MultiView RandomResizedCropAndInterpolationWithTwoPic
        SimMIMMaskGenerator DenseCLHook SimSiamHook SwAVHook CosineAnnealingWeightDecay SparseConvNeXt
        SparseResNet""",
    ),
    (
        f"is for pictures and language together, {_HOLDS}",
        "",
        """Blip2Caption Blip2Retrieval Blip2VQA BlipCaption BlipGrounding BlipNLVR BlipRetrieval BlipVQA CLIPProjection
        CLIPTransformer CLIPZeroShot ChineseCLIP Flamingo Llava MiniGPT4 OFA Otter RAMNormal RAMOpenset
        GroundingHead ITCHead ITMHead SeqGenerationHead VQAGenerationHead MultiModalDataPreprocessor CleanCaption
        OFAAddObjects COCOCaption COCORetrieval COCOVQA FlamingoEvalCOCOCaption FlamingoEvalCOCOVQA Flickr30kCaption
        Flickr30kRetrieval GQA IconQA InfographicVQA MiniGPT4Dataset NLVR2 NoCaps OCRVQA RefCOCO ScienceQA TextVQA
        VGVQA VSR VisualGenomeQA VizWiz ANLS GQAAcc NocapsSave ReportVQA ScienceQAMetric VQAAcc
        VisualGroundingMetric""",
    ),
    (
        f"is for finding pictures like a given one, {_HOLDS}",
        "",
        """ImageToImageRetriever ArcFaceClsHead InShop RetrievalAveragePrecision RetrievalRecall RetrievalTestLoop
        RetrievalValLoop PrepareProtoBeforeValLoopHook SetAdaptiveMarginsHook""",
    ),
    (
        "is for several tasks at once, which the kit does not hold; it holds classification by one.",
        "",
        "MultiTaskDataset MultiTaskHead MultiTasksMetric PackMultiTaskInputs",
    ),
    (
        f"is object detection, {_HOLDS}",
        "",
        """ATSS CascadeRCNN CenterNet DETR DINO DeformableDETR DetDataPreprocessor FCOS FPN FastRCNN FasterRCNN GLIP
        GroundingDINO MaskRCNN RTMDet RetinaNet RPNHead SSD StandardRoIHead VFNet YOLOV3 YOLOX CocoDataset
        CocoMetric""",
    ),
    (
        f"is segmentation, {_HOLDS}",
        "",
        """ASPPHead ADE20KDataset CascadeEncoderDecoder CityscapesDataset EncoderDecoder FCNHead IoUMetric
        LoadAnnotations Mask2Former MaskFormer PSPHead PackSegInputs SAM SegDataPreProcessor SegformerHead UPerHead""",
    ),
    (
        f"is for finding the poses of bodies, {_HOLDS}",
        "",
        "BottomupPoseEstimator HeatmapHead PoseDataPreprocessor SimCCHead TopdownPoseEstimator",
    ),
    (
        f"is for videos, {_HOLDS}",
        "",
        "ActionDataPreprocessor I3DHead Recognizer2D Recognizer3D ResNet3dSlowFast TSNHead VideoDataset",
    ),
    (
        f"is a backbone {_LEFT_OUT}",
        _BACKBONES,
        """BEiTViT CSPDarkNet CSPResNeXt CSPResNet Conformer ConvMixer DaViT DeiT3 EdgeNeXt EfficientFormer
        EfficientNetV2 HRNet HiViT HorNet InceptionV3 LeViT MViT MixMIMTransformer MobileOne MobileViT PCPVT
        PoolFormer PyramidVig RIFormer RepLKNet RepMLPNet Res2Net ResNeSt RevVisionTransformer SVT SwinTransformerV2
        T2T_ViT TNT TinyViT VAN ViTEVA02 ViTSAM Vig XCiT""",
    ),
    (
        f"is a part of a backbone {_LEFT_OUT}",
        _BACKBONES,
        "CSRAClsHead ConformerHead EfficientFormerClsHead HRFuseScales LeViTClsHead VigClsHead",
    ),
    (
        "makes a classifier of another library's whole model, which the kit does not do.",
        "Write type='ImageClassifier' with backbone=dict(type='TIMMBackbone', …).",
        "HuggingFaceClassifier TimmClassifier",
    ),
    (
        "trains a few added weights of a network that is frozen otherwise, which the kit does not do.",
        "Train all of it, or freeze its first stages: frozen_stages=….",
        "LoRAModel",
    ),
)
NOT_HELD: Mapping[str, tuple[str, str]] = {
    name: (what, hint) for what, hint, listed in _GROUPS for name in listed.split()
}
# class and argument → what the argument makes of it; told as long as the class does not take it
NOT_HELD_ARGUMENTS: Mapping[tuple[str, str], str] = {
    ("ConvNeXt", "use_grn"): f"is for ConvNeXt V2, a backbone {_LEFT_OUT}",
    ("VisionTransformer", "pre_norm"): f"is for CLIP's Vision Transformer, a backbone {_LEFT_OUT}",
    ("VisionTransformer", "layer_scale_init_value"): f"is for DINOv2's Vision Transformer, a backbone {_LEFT_OUT}",
}


def not_held(cfg: ConfigDict) -> list[Mistake]:
    """What a config names that the kit does not have and that is known, each once; empty where there is nothing such.

    The model itself comes before its parts, and these before everything else: where a model is of another kind, the
    rest of its config is, too, and nothing more is told.
    """
    found = list(_known_names(cfg))
    for part in (("model", "type"), ("model", "backbone"), ("model",), ()):
        within = {name: mistake for path, name, mistake in found if path[: len(part)] == part}
        if within:
            return list(within.values())
    return []


def _known_names(cfg: ConfigDict) -> Iterator[tuple[tuple[Any, ...], str, Mistake]]:
    """The path, the name and the mistake of each."""
    held = set(names())
    for path, node in walk(cfg):
        full = node.get("type") if isinstance(node, Mapping) else None
        name = full.rpartition(".")[2] if isinstance(full, str) else ""
        if name in NOT_HELD and name not in held:
            what, hint = NOT_HELD[name]
            place = place_of(cfg, *path, "type")
            yield (*path, "type"), name, place.mistake(f"{name!r} {what}", hint)
        for key in node if isinstance(node, Mapping) and name in held else ():
            if (name, key) in NOT_HELD_ARGUMENTS and key not in signature(name).parameters:
                message = f"{name}'s {key!r} {NOT_HELD_ARGUMENTS[name, key]}"
                yield (*path, key), f"{name}.{key}", place_of(cfg, *path, key).mistake(message, _BACKBONES)
